"""The library in files that others read too: JSON, CSV and M3U8, out and in again."""
