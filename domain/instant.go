package domain

import (
	_ "embed"
	"time"
)

// Instant is a point in time in milliseconds since 1970-01-01 UTC. The zero Instant means "none".
// In JSON and in the log it is written as RFC 3339 with milliseconds, in UTC.
type Instant int64

const instantLayout = "2006-01-02T15:04:05.000Z"

// InstantOf rounds t down to the millisecond.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time gives the instant as a UTC time.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// String writes the instant as it stands in the log, or "" for none.
func (i Instant) String() string {
	if i == 0 {
		return ""
	}
	return i.Time().Format(instantLayout)
}

// MarshalText writes the form of [Instant.String].
func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads RFC 3339; what is finer than a millisecond is cut.
func (i *Instant) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = 0
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return err
	}
	*i = InstantOf(t)
	return nil
}

// Date gives the civil day of the instant in Europe/Stockholm.
func (i Instant) Date() Date { return Date(i.Time().In(Stockholm).Format(dateLayout)) }

// stockholmTZ is our own copy of the zone: the system's may change under a cycle that runs for 31 months, and a
// deadline that was resolved once must resolve the same on every replay.
//
//go:embed stockholm.tzif
var stockholmTZ []byte

// Stockholm is the zone of every civil date in this package.
var Stockholm = mustZone()

func mustZone() *time.Location {
	loc, err := time.LoadLocationFromTZData("Europe/Stockholm", stockholmTZ)
	if err != nil {
		panic("domain: the embedded zone file is broken: " + err.Error())
	}
	return loc
}
