package server

import "time"

// Followers tells how many open pages follow, and whether the journal's end is looked at for them.
func (s *Server) Followers() (n int, looking bool) {
	s.tail.mu.Lock()
	defer s.tail.mu.Unlock()
	return len(s.tail.all), s.tail.looking
}

// BeatEvery lets quiet connections be written to more often. It is said before anybody follows.
func (s *Server) BeatEvery(d time.Duration) { s.tail.beat = d }

// MostOfOne is how many open pages of one person are followed.
const MostOfOne = mostOfOne

// LimitsBy has the limits go by a clock of the test's. It is said before anybody asks.
func (s *Server) LimitsBy(clock func() time.Time) { s.limits.clock = clock }

// The most that one person reads and writes at once.
func (s *Server) MostAtOnce() (reads, writes int) {
	return int(s.limits.reads.room), int(s.limits.writes.room)
}

// Uploading tells how many documents are taken in just now; MostUploads is the most.
func (s *Server) Uploading() int { return len(s.uploads) }

// MostUploads is how many documents are taken in at once.
const MostUploads = mostUploads
