"""The exchange with the single sign-on provider, and the checks on its answer.

It is OpenID Connect's code flow with PKCE, a single-use state and a nonce. Only the ID token is
trusted, and its signature is checked even though it comes directly from the provider.
django-allauth finds `provider_classes` by the name of this module.
"""

import hashlib

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property

NEEDED_OF_PROVIDER = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}
NEEDED_OF_TOKEN = ["iss", "sub", "aud", "exp", "iat", "nonce"]
CLOCKS_MAY_DIFFER = 60  # seconds


class OtherTenant(PermissionDenied):
    """The provider confirmed the person, but their organisation is not in OIDC_TENANTS."""


class NonceOAuth2Client(OAuth2Client):
    def get_redirect_url(self, authorization_url, scope, extra_params):
        extra_params = extra_params | {"nonce": _nonce_for(self.state)}
        return super().get_redirect_url(authorization_url, sorted(scope), extra_params)


class SingleSignOnExchange(OpenIDConnectOAuth2Adapter):
    """The requests to the provider. Raises OAuth2Error or RequestException if one fails."""

    client_class = NonceOAuth2Client

    @cached_property
    def openid_config(self):
        config = self._fetch(self.get_provider().server_url)
        if missing := NEEDED_OF_PROVIDER - config.keys():
            raise OAuth2Error(f"The provider's description lacks {', '.join(sorted(missing))}")
        if not all(isinstance(config[each], str) for each in NEEDED_OF_PROVIDER):
            raise OAuth2Error("The provider's description cannot be read")
        return config

    def get_callback_url(self, request, app):
        return request.build_absolute_uri(reverse("single_sign_on_callback"))

    def get_access_token_data(self, *args, **kwargs):
        try:
            answer = super().get_access_token_data(*args, **kwargs)
        except (KeyError, ValueError) as error:
            raise OAuth2Error("The provider's tokens cannot be read") from error
        if not isinstance(answer, dict) or not isinstance(answer.get("id_token"), str):
            raise OAuth2Error("The provider gave no ID token")
        return answer

    def parse_token(self, data):
        """Return an empty token: the planner asks for no access to the person's data there."""
        return SocialToken()

    def complete_login(self, request, app, token, *, response):
        claims = self._claims(app.client_id, response["id_token"], _nonce_for(request.GET["state"]))
        tenant = claims.get("tid") or claims["iss"]
        if tenant not in settings.OIDC_TENANTS:
            raise OtherTenant(f"Tenant {tenant!r} is not in OIDC_TENANTS")
        provider = self.get_provider()
        account = SocialAccount(
            provider=provider.sub_id, uid=_lasting_id(claims), extra_data=_what_we_keep(claims)
        )
        # There is no sign-up: SingleSignOnAdapter finds the account.
        unsaved_user = get_adapter().new_user(request, None)
        return SocialLogin(user=unsaved_user, account=account, provider=provider)

    def _claims(self, client_id, id_token, nonce):
        try:
            key_id = jwt.get_unverified_header(id_token).get("kid")
            keys = jwt.PyJWKSet.from_dict(self._fetch(self.openid_config["jwks_uri"]))
            if keys[key_id].key_type != "RSA":
                raise OAuth2Error("The ID token names a key of another algorithm")
            claims = jwt.decode(
                id_token,
                keys[key_id].key,
                algorithms=["RS256"],
                audience=client_id,
                leeway=CLOCKS_MAY_DIFFER,
                options={"require": NEEDED_OF_TOKEN},
            )
        except KeyError as error:
            raise OAuth2Error("The ID token is signed with a key that is not published") from error
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"The ID token is not valid: {error}") from error
        # If one address serves many tenants, as in Entra, its issuer is a pattern.
        issuer = self.openid_config["issuer"].replace("{tenantid}", str(claims.get("tid")))
        if claims["iss"] != issuer:
            raise OAuth2Error("The ID token comes from another issuer")
        if claims.get("azp", client_id) != client_id:
            raise OAuth2Error("The ID token was made for another application")
        if claims["nonce"] != nonce:
            raise OAuth2Error("The ID token answers another request")
        if not claims["sub"].isprintable():
            raise OAuth2Error("The ID token has a subject that the database cannot store")
        return claims

    def _fetch(self, url):
        with get_adapter().get_requests_session() as session:
            response = session.get(url)
            response.raise_for_status()
            answer = response.json()
        if not isinstance(answer, dict):
            raise OAuth2Error(f"{url} does not answer as OpenID Connect says")
        return answer


class SingleSignOnProvider(OpenIDConnectProvider):
    id = "single_sign_on"
    oauth2_adapter_class = SingleSignOnExchange
    pkce_enabled_default = True


provider_classes = [SingleSignOnProvider]


def _nonce_for(state):
    """Return the nonce for a state, which is kept in the person's session and works once.

    Derived as OpenID Connect Core 1.0, section 15.5.2, suggests.
    """
    return salted_hmac("councils.single_sign_on", state, algorithm="sha256").hexdigest()


def _lasting_id(claims):
    """Return a digest of the issuer and subject, which identify a person even if their address
    changes. Together they can be longer than the column.
    """
    issuer_and_subject = f"{claims['iss']}\n{claims['sub']}"
    return hashlib.sha256(issuer_and_subject.encode()).hexdigest()


def _what_we_keep(claims):
    """Return the claims that the account page shows and a sign-in needs.

    An address is trusted only if the provider has verified it: the standard's `email_verified`, or
    Entra's `xms_edov`, which an administrator has to turn on. Otherwise it is what someone typed
    into a directory, and signs no one in.
    """
    address = _storable(claims.get("email"))
    vouched_for = claims.get("email_verified") is True or claims.get("xms_edov") in (True, "1")
    means = claims.get("amr")
    return {
        "issuer": claims["iss"],
        "subject": claims["sub"],
        "name": (address or _storable(claims.get("preferred_username")))[:254],
        "verified_email": address.lower() if vouched_for else "",
        "signed_in_twice": isinstance(means, list) and "mfa" in means,
    }


def _storable(claim):
    """Return a claim if it is text that the database can store; else an empty text."""
    return claim if isinstance(claim, str) and claim.isprintable() else ""
