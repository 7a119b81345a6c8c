"""The MCP server: tools for other programs' models, over the same queries, actions and rights.

`tools` is the catalogue, `calls` carries one call out for whoever a token stands for, `protocol`
speaks the Model Context Protocol by the official SDK, `stdio` and `http` are the two ways in.
"""
