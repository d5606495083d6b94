"""Run by Alembic, with the connection that `schema.bring_up_to_date` hands over.

To change the schema: change `tables.py`, copy the newest file in `versions/` under the next number, write
`upgrade`, and add the number to `schema.REVISIONS`. A test compares the migrated schema with the tables.
"""

from alembic import context

from mlmgmt_widgets.workspace.schema import VERSION_TABLE
from mlmgmt_widgets.workspace.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite alters a table by rebuilding it
)
with context.begin_transaction():
    context.run_migrations()
