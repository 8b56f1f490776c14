-- What people's lists are read from. Every row is computed from a stream's folded state (project.go) and can be thrown
-- away and computed again. Rows are those of the Go structs with the same columns.

create table cycle (
    stream        text        primary key,
    kommun        text        not null,
    year          int         not null,
    exercise      int         not null, -- 0 = the real cycle
    source        text        not null, -- the stream whose registry holds for it: the registry's, or the exercise itself
    wheel_name    text        not null,
    wheel_version int         not null,
    wheel_hash    text        not null,
    status        text        not null check (status in ('open', 'completed', 'cancelled')),
    stage         text        not null,
    clock         timestamptz,          -- exercises
    clock_day     date,                 -- exercises: the civil day of the clock
    seq           bigint      not null,
    head          text        not null,
    registry      bigint      not null, -- the last registry change received
    next_due      timestamptz,
    steps_total   int         not null,
    steps_done    int         not null,
    steps_late    int         not null,
    launched_at   timestamptz not null
);
create unique index cycle_one on cycle (kommun, year) where exercise = 0;
create index cycle_kommun on cycle (kommun);

create table step (
    stream     text    not null,
    id         text    not null,
    place      int     not null, -- in the order of the wheel, then of the units
    def        text    not null,
    title      text    not null,
    unit       text    not null,
    unit_name  text    not null,
    stage      text    not null,
    act        text    not null,
    status     text    not null,
    round      int     not null,
    opens      date,
    plan       date,
    plan_rule  text    not null,
    extended   boolean not null,
    legal      date,
    meeting    text    not null,
    late       boolean not null,
    done       boolean not null,
    version    text    not null,
    version_no int     not null,
    primary key (stream, id)
);

-- What a cycle waits for people to do.
create table task (
    stream  text    not null,
    step    text    not null,
    command text    not null,
    role    text    not null,
    unit    text    not null, -- where the role is held
    barred  text    not null, -- the person who may not do it
    meeting text    not null, -- confirm-meeting: which
    due     date,
    late    boolean not null,
    primary key (stream, step, command)
);

create table unit (
    source     text    not null,
    id         text    not null,
    place      int     not null,
    kind       text    not null,
    name       text    not null,
    served_by  text    not null,
    plans      boolean not null,
    note       text    not null,
    first_day  date,
    last_day   date,
    primary key (source, id)
);

create table binding (
    source    text   not null,
    number    bigint not null,
    person    text   not null,
    name      text   not null, -- commitment to the name
    role      text   not null,
    unit      text   not null,
    first_day date   not null,
    last_day  date,
    primary key (source, number)
);
create index binding_role on binding (source, role, unit);

create table substitute (
    source    text   not null,
    number    bigint not null,
    binding   bigint not null, -- the number of the binding
    person    text   not null,
    first_day date   not null,
    last_day  date   not null,
    primary key (source, number)
);
create index substitute_binding on substitute (source, binding);

create table exclusion (
    source text   not null,
    number bigint not null,
    person text   not null,
    year   int    not null, -- 0 = every cycle
    def    text   not null, -- '' = every step of the unit
    unit   text   not null, -- '' = every unit
    reason text   not null, -- commitment
    primary key (source, number)
);
create index exclusion_person on exclusion (source, person);

create table meeting (
    source text not null,
    id     text not null,
    unit   text not null,
    day    date not null,
    status text not null,
    primary key (source, id)
);

grant select, insert, update, delete on cycle, step, task, unit, binding, substitute, exclusion, meeting to arshjul_app;
