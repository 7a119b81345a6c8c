"""Operations and their types by area. Written by `python -m tools.client`; do not edit."""
