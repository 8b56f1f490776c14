-- works from 4
-- A notice may tell that a task's day is another, or that it is to be done again.
alter table notice
    add column change text not null default '' check (change in ('', 'moved', 'returned')),
    add column was    date, -- moved: the day by which it was to be done before; null = the same
    add column sat    date; -- moved: the day of the step's meeting before; null = the same

-- Since when a task waits, so that it is seen who came to it later. null = written before this was known.
alter table task add column since date;

-- Why failed or unneeded mails are what they are: 'bounced' is a mail that the mail server took and that came back.

-- While a municipality's mails are held none is made and none is sent: after a restore nobody but a person can know what
-- was sent in the time that was lost.
create table mail_hold (
    id          bigint      generated always as identity primary key,
    kommun      text        not null,
    since       timestamptz not null,
    reason      text        not null check (reason in ('restored', 'asked')),
    by          text        not null default '', -- the person who asked
    released_at timestamptz,
    released_by text        not null default '',
    sent        boolean     not null default false -- what was held counted as sent
);
create unique index mail_hold_open on mail_hold (kommun) where released_at is null;

-- Where the database was when somebody last looked: its cluster and that one's timeline, which is another after a restore to
-- a point in time.
create table mail_place (
    one   boolean     primary key default true check (one),
    place text        not null,
    at    timestamptz not null
);

-- A row says that this is a local stack's database: no mail of it goes anywhere but to the sink, whatever a worker is told.
create table mail_inside (
    one boolean     primary key default true check (one),
    at  timestamptz not null default clock_timestamp()
);

grant select, insert on mail_hold, mail_place to arshjul_app;
grant select on mail_inside to arshjul_app;
grant update (released_at, released_by, sent) on mail_hold to arshjul_app;
grant update (place, at) on mail_place to arshjul_app;
