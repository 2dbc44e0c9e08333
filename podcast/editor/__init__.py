"""The transcript editor: a page in the browser, and the server for it on this machine only.

Unlike other folders this one holds no alternatives, and each module has a layer of its own:
`access` lets nobody in but the person's own browser, `sheet` says what the page gets of a text,
`desk` keeps the text with all that is known of it, `server` answers.  What runs in the browser is
in `page/`.
"""
