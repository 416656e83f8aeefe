"""The save list: what is on its way into the user's folders, and what came of it."""
