-- works from 4
-- What the signer has signed: a copy, to make receipts from and to show. What counts is the signed note, and the signer's own
-- memory outside the database.
create table checkpoint (
    log   text        not null,
    epoch int         not null check (epoch >= 1),
    size  bigint      not null check (size >= 0), -- entries covered
    root  bytea       not null check (length(root) = 32),
    note  text        not null,                   -- as signed, byte for byte
    at    timestamptz not null default clock_timestamp(),
    primary key (log, epoch, size)
);

-- What the signer refused to sign, and why; the newest row of a log without a checkpoint after it still stands.
create table signer_refusal (
    id     bigint      generated always as identity primary key,
    log    text        not null,
    at     timestamptz not null default clock_timestamp(),
    code   text        not null,
    detail text        not null, -- a Swedish sentence
    origin text        not null, -- the signer's last checkpoint; '' = it has none
    size   bigint      not null,
    root   text        not null, -- base64
    whole  bigint      not null  -- the entries before this are as they were signed
);
create index signer_refusal_log on signer_refusal (log, id desc);

grant select on checkpoint, signer_refusal to arshjul_app;
grant usage on schema public to arshjul_signer;
grant select on migration, entry, entry_hash, checkpoint, signer_refusal to arshjul_signer;
grant insert on checkpoint, signer_refusal to arshjul_signer;
