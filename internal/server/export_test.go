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
