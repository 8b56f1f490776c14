package stack

// A Problem is something in the machine that keeps a stack from running and that the person at the terminal can mend.
type Problem struct {
	// Code is stable, for programs: already_running, dir_not_writable, dir_unreachable, dir_too_long, disk_full,
	// port_taken, postgres_missing, postgres_version, temporal_missing.
	Code string

	// Message is Swedish: what is wrong, where, and how to go on.
	Message string
}

func (p *Problem) Error() string { return p.Message }
