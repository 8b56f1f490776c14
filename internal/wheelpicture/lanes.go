package wheelpicture

import (
	"cmp"
	"slices"
)

// shortest is how many days a segment is drawn at least, so that a single day can be seen.
const shortest = 3

// pack puts a ring's segments into lanes so that none overlap: those of a low track outermost, then those that begin
// first. An empty ring has one lane.
func (l *layout) pack(segments []Segment) (row []placed, lanes int) {
	order := make([]int, len(segments))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &segments[a], &segments[b]
		return cmp.Or(cmp.Compare(x.Track, y.Track), cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	row = make([]placed, len(segments))
	var taken [][]int // of each lane: the segments in it
	for _, i := range order {
		s := &segments[i]
		from, to := float64(max(s.From, 0)), float64(min(s.To, l.days-1)+1)
		if to-from < shortest {
			from = max(0, min(from, to-shortest))
			to = from + shortest
		}
		row[i] = placed{Segment: s, from: l.angle(from), to: l.angle(to)}
		lane := slices.IndexFunc(taken, func(in []int) bool {
			return !slices.ContainsFunc(in, func(k int) bool { return row[k].from < row[i].to && row[i].from < row[k].to })
		})
		if lane < 0 {
			lane = len(taken)
			taken = append(taken, nil)
		}
		row[i].lane = lane
		taken[lane] = append(taken[lane], i)
	}
	return row, max(len(taken), 1)
}

// label finds room for each segment's label: a long one (the first two) inside it, or else after it or before it in its
// lane; then whichever fits, in the same order. A segment for which none fits has no label; its title has the words.
func (l *layout) label(ring, today int) {
	row := l.place[ring]
	line := -1.0
	if today >= 0 {
		line = l.angle(float64(today) + 0.5)
	}
	byLane := map[int][]*placed{}
	for i := range row {
		byLane[row[i].lane] = append(byLane[row[i].lane], &row[i])
	}
	for lane := range l.rings[ring][1] {
		in := byLane[lane]
		slices.SortFunc(in, func(a, b *placed) int { return cmp.Compare(a.from, b.from) })
		taken := make([][2]float64, len(in))
		for i, s := range in {
			taken[i] = [2]float64{s.from, s.to}
		}
		for _, s := range in {
			inner, outer := l.radii(ring, s)
			r := (inner+outer)/2 - 0.295*l.size
			width := func(text string) float64 { return degrees(textWidth(text, l.size), r) }
			air, long := degrees(8, r), s.Labels[:min(2, len(s.Labels))]
			for _, labels := range [][]string{long, s.Labels} {
				if s.label == "" && !s.fitInside(labels, line, width, air) {
					taken = s.fitBeside(labels, line, width, air, taken)
				}
			}
		}
	}
}

// fitInside sets the first label that fits between the segment's ends, on one side of today's line.
func (s *placed) fitInside(labels []string, line float64, width func(string) float64, air float64) bool {
	spans := [][2]float64{{s.from, s.to}}
	if s.from < line && line < s.to {
		spans = [][2]float64{{s.from, line}, {line, s.to}}
		if s.to-line > line-s.from {
			slices.Reverse(spans)
		}
	}
	for _, text := range labels {
		for _, span := range spans {
			if width(text)+air <= span[1]-span[0] {
				s.label, s.mid, s.inside = text, (span[0]+span[1])/2, true
				return true
			}
		}
	}
	return false
}

// fitBeside sets the first label that fits after the segment or before it, and gives what is taken in the lane then.
func (s *placed) fitBeside(labels []string, line float64, width func(string) float64, air float64, taken [][2]float64) [][2]float64 {
	after, before := 360-gap/2, gap/2
	for _, t := range taken {
		if t[0] >= s.to-1e-9 {
			after = min(after, t[0])
		}
		if t[1] <= s.from+1e-9 {
			before = max(before, t[1])
		}
	}
	if line >= s.to {
		after = min(after, line)
	}
	if line >= 0 && line <= s.from {
		before = max(before, line)
	}
	for _, text := range labels {
		w := width(text)
		switch {
		case w+air <= after-s.to:
			s.mid = s.to + air/2 + w/2
		case w+air <= s.from-before:
			s.mid = s.from - air/2 - w/2
		default:
			continue
		}
		s.label = text
		return append(taken, [2]float64{s.mid - w/2, s.mid + w/2})
	}
	return taken
}
