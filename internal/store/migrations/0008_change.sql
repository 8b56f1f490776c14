-- works from 4
-- What a notice may tell is domain.Change, and grows: that KF decided another frame, that somebody is named in a comment.
alter table notice drop constraint notice_change_check;
