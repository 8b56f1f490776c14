-- What people are told. A cycle's journal transaction writes notices; the delivery workflow makes mails of them and
-- sends those. No row here decides anything in a cycle.

create table notice (
    id        bigint      generated always as identity primary key,
    -- The key: one notice for each entry, person and thing, however often the entry is journalled.
    stream    text        not null,
    seq       bigint      not null, -- the entry that caused it
    person    text        not null,
    step      text        not null,
    command   text        not null, -- what is to be done
    rung      text        not null, -- the reminder rule; '' = the task is new
    cause     bigint      not null, -- the last entry of the command or tick
    head      text        not null, -- of the stream after it
    kommun    text        not null,
    exercise  boolean     not null,
    at        timestamptz not null, -- on the cycle's clock
    day       date        not null, -- that clock's civil day
    role      text        not null, -- by which the person is told
    unit      text        not null, -- where the role is held
    due       date,
    escalate  boolean     not null,
    urgent    boolean     not null,
    bridges   boolean     not null, -- a klämdag is no working day in the cycle
    mail      text,                 -- the mail it goes with; null = none yet
    left_out  text        not null default '', -- why it goes with none: 'inga'
    unique (stream, seq, person, step, command, rung)
);
create index notice_waiting on notice (kommun, exercise, stream, day) where mail is null and left_out = '';
create index notice_mail on notice (mail) where mail is not null;

-- A mail keeps its notices however often it is tried, and so its Message-ID. Texts are composed when it is sent and are
-- not kept.
create table mail (
    id            text        primary key, -- the Message-ID before the @
    kommun        text        not null,
    person        text        not null,
    exercise      text        not null, -- the exercise's stream; '' = real
    urgent        boolean     not null,
    day           date        not null, -- real: the civil day on which it was made; exercise: the clock's
    state         text        not null check (state in ('new', 'sending', 'later', 'sent', 'failed', 'unneeded', 'released')),
    reason        text        not null default '', -- failed: 'refused', 'expired', 'no_address'
    words         text        not null default '', -- the mail server's, of the last attempt
    attempts      int         not null default 0,
    unsure        boolean     not null default false, -- an attempt ended without an answer: it may have arrived
    made_at       timestamptz not null,
    next_at       timestamptz not null,
    claimed_until timestamptz,
    settled_at    timestamptz
);
create index mail_open on mail (kommun, exercise, next_at) where state in ('new', 'sending', 'later');
create index mail_log on mail (kommun, made_at desc, id);
create index mail_person on mail (kommun, person, day);

create table mail_attempt (
    mail    text        not null references mail (id),
    number  int         not null,
    at      timestamptz not null,
    outcome text        not null,
    words   text        not null,
    primary key (mail, number)
);

-- A municipality whose mail server does not take part in anything just now.
create table mail_server (
    kommun   text        primary key,
    since    timestamptz not null,
    attempts int         not null,
    words    text        not null,
    next_at  timestamptz not null
);

-- Who can be reached where, and how often each wants mail. Rows are added; the last of a person counts. An address that
-- is no longer used is erased from its row.
create table mail_address (
    id      bigint      generated always as identity primary key,
    kommun  text        not null,
    person  text        not null,
    address text        not null, -- '' = none, or erased
    by      text        not null, -- the person who set it
    at      timestamptz not null
);
create index mail_address_person on mail_address (kommun, person, id desc);

create table mail_choice (
    id     bigint      generated always as identity primary key,
    kommun text        not null,
    person text        not null,
    choice text        not null check (choice in ('direkt', 'dag', 'vecka', 'inga')),
    at     timestamptz not null
);
create index mail_choice_person on mail_choice (kommun, person, id desc);

-- Mails that went to the sink and nowhere else: those of exercises, and all of a local stack's.
create table sunk_mail (
    id          bigint      generated always as identity primary key,
    kommun      text        not null,
    exercise    text        not null, -- '' = none
    message_id  text        not null,
    recipient   text        not null,
    subject     text        not null,
    raw         bytea       not null,
    received_at timestamptz not null default clock_timestamp()
);
create index sunk_mail_list on sunk_mail (kommun, exercise, id desc);

grant select, insert on notice, mail, mail_attempt, mail_address, mail_choice, sunk_mail to arshjul_app;
grant select, insert, update, delete on mail_server to arshjul_app;
grant update (mail, left_out) on notice to arshjul_app;
grant update (state, reason, words, attempts, unsure, next_at, claimed_until, settled_at) on mail to arshjul_app;
grant update (address) on mail_address to arshjul_app;
