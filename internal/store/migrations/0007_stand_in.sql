-- works from 4
-- Who has stepped in for a person whom jäv keeps from steps, and holds the person's roles for exactly those; '' = nobody.
alter table exclusion add column replacement text not null default '';
create index exclusion_replacement on exclusion (source, replacement) where replacement <> '';
