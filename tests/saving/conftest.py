"""Songs and disks as the tests of ``media`` have them."""

from tests.media.conftest import encoded, quick_retries, read_only_disk, small_disk

__all__ = ["encoded", "quick_retries", "read_only_disk", "small_disk"]
