"""Where a request really comes from, behind the proxies this installation trusts."""

from django.conf import settings


def client_address(request) -> str:
    """The client's address: what the outermost trusted proxy saw, never what the client itself claims.

    Each of the TRUSTED_PROXIES appends the address it was called from to X-Forwarded-For, so the client stands that
    many places from the right; whatever stands left of it anybody may have written.
    """
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    trusted = settings.TRUSTED_PROXIES
    return hops[-trusted] if 0 < trusted <= len(hops) and hops[-trusted] else request.META.get("REMOTE_ADDR", "")
