-- works from 4
-- Who is logged in, and the secrets that open the door. A secret is 256 random bits and stands here only as its SHA-256,
-- from which nothing can be guessed. What is random and secret is called hash here, what names a row to people is called id.

-- A browser's log-in, or a key of the command line.
create table session (
    hash     bytea       primary key check (length(hash) = 32),
    id       text        not null unique,
    kommun   text        not null,
    person   text        not null,
    kind     text        not null check (kind in ('webb', 'nyckel')),
    label    text        not null, -- which browser, or what the person calls the key
    subject  text        not null default '', -- the log-in service's names for person and log-in,
    provider text        not null default '', -- by which it can end it
    made_at  timestamptz not null,
    seen_at  timestamptz not null, -- to the minute
    idle     interval,             -- ends when nothing has been done for so long; null = never for that
    ends_at  timestamptz not null,
    ended_at timestamptz,
    ended_by text        not null default '' -- a person; '' = the log-in service
);
create index session_person on session (kommun, person, made_at desc);
create index session_subject on session (kommun, subject) where subject <> '' and ended_at is null;

-- A log-in under way: what the answer must match. Taken away by the first answer.
create table login_try (
    hash     bytea       primary key check (length(hash) = 32), -- of the secret in the browser's cookie
    state    text        not null,
    nonce    text        not null,
    verifier text        not null,
    target   text        not null, -- the page that was asked for
    made_at  timestamptz not null
);

-- A command line that waits for somebody to say yes in a browser (as in RFC 8628).
create table device_try (
    hash    bytea       primary key check (length(hash) = 32),
    code    text        not null unique, -- typed, or looked at, by a person
    kommun  text        not null,
    label   text        not null,
    person  text        not null default '', -- who said yes
    made_at timestamptz not null
);

-- A role that the log-in service's groups propose. It gives nothing until it is bound in the registry.
create table proposal (
    kommun     text        not null,
    person     text        not null,
    role       text        not null,
    unit       text        not null,
    name       text        not null, -- as the service calls the person; '' = erased
    made_at    timestamptz not null,
    settled_at timestamptz,
    settled    text        not null default '' check (settled in ('', 'given', 'declined')),
    settled_by text        not null default '',
    primary key (kommun, person, role, unit)
);

-- A calendar's secret address.
create table feed (
    hash     bytea       primary key check (length(hash) = 32),
    id       text        not null unique,
    kommun   text        not null,
    person   text        not null, -- whose it is
    kind     text        not null check (kind in ('person', 'enhet', 'cykel')),
    target   text        not null, -- the unit or the stream
    made_at  timestamptz not null,
    read_at  timestamptz,
    ended_at timestamptz
);
create index feed_person on feed (kommun, person, made_at);

-- What calendars have been told of, so that a change can be numbered.
create table feed_entry (
    kommun     text        not null,
    uid        text        not null,
    digest     text        not null,
    sequence   int         not null,
    changed_at timestamptz not null,
    primary key (kommun, uid)
);

grant select, insert on session, login_try, device_try, proposal, feed, feed_entry to arshjul_app;
grant update (seen_at, ended_at, ended_by) on session to arshjul_app;
grant update (person) on device_try to arshjul_app;
grant update (name, settled_at, settled, settled_by) on proposal to arshjul_app;
grant update (read_at, ended_at) on feed to arshjul_app;
grant update (digest, sequence, changed_at) on feed_entry to arshjul_app;
grant delete on login_try, device_try to arshjul_app;
