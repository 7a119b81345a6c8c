import time_machine
from tests.web.test_sign_in import *
def test_it(client, reader, clerk):
    with_password(reader); with_app(clerk)
    r=enter(client,"carla"); print(r.status_code, r["Location"], client.session.items())
    r=enter(client, "rita"); print(r.status_code, r.headers.get("Location"), is_in(client), client.session.items(), re.findall(r'role="alert".*?</div>', r.text, re.S)[:2])
