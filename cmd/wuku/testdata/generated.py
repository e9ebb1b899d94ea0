# What Schemathesis does not know by itself: how the content of application/zip is sent. It makes bytes or text, which are no archive.
import schemathesis


@schemathesis.serializer("application/zip")
def archive(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
