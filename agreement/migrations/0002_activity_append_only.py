"""The trace cannot be rewritten: the database refuses to change or delete a row of it, whoever asks."""

from django.db import migrations

SENTENCE = "The activity record is append-only."


def forbid(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER activity_no_{verb.lower()} BEFORE {verb} ON agreement_activity "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
    else:
        schema_editor.execute(
            "CREATE FUNCTION activity_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER activity_append_only BEFORE UPDATE OR DELETE ON agreement_activity "
            "FOR EACH ROW EXECUTE FUNCTION activity_append_only()"
        )


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER activity_no_{verb}")
    else:
        schema_editor.execute("DROP TRIGGER activity_append_only ON agreement_activity")
        schema_editor.execute("DROP FUNCTION activity_append_only()")


class Migration(migrations.Migration):
    dependencies = [("agreement", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
