package wheelpicture

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Lengths in user units of the SVG.
const (
	gap        = 36.0 // degrees at the top that hold the rings' names
	ringGap    = 9.0
	smallestR  = 411.0 // of the outer edge of the first ring
	smallHub   = 100.0
	laneAir    = 1.3  // on each side of a segment
	wideLane   = 26.0 // when there are few
	narrowLane = 20.0
	manyLanes  = 12
)

// layout is where everything lies.
type layout struct {
	days  int
	lane  float64
	top   float64 // outer edge of the first ring
	hub   float64
	size  float64    // of the labels' letters
	rings [][2]int   // of each ring: its first lane, and how many
	inner []float64  // radii of each ring
	outer []float64  //
	half  float64    // half the drawing's side
	k     float64    // by how much the words outside of the rings are larger, so that they can be read in a large wheel
	place [][]placed // of each ring's segments
}

// placed is a segment in its lane.
type placed struct {
	*Segment
	lane     int
	from, to float64 // angles
	label    string
	mid      float64 // the label's angle
	inside   bool
}

func layOut(p *Picture) *layout {
	l := &layout{days: time.Date(p.Year, 12, 31, 0, 0, 0, 0, time.UTC).YearDay()}
	lanes := 0
	for i := range p.Rings {
		row, n := l.pack(p.Rings[i].Segments)
		l.place = append(l.place, row)
		l.rings = append(l.rings, [2]int{lanes, n})
		lanes += n
	}
	l.lane = wideLane - float64(max(0, lanes-manyLanes))
	l.lane = max(l.lane, narrowLane)
	l.size = min(16.5, l.lane*0.66)
	gaps := ringGap * float64(max(0, len(p.Rings)-1))
	l.top = max(smallestR, smallHub+6+l.lane*float64(lanes)+gaps)
	r := l.top
	for _, ring := range l.rings {
		l.outer = append(l.outer, r)
		r -= l.lane * float64(ring[1])
		l.inner = append(l.inner, r)
		r -= ringGap
	}
	l.hub = r + ringGap - 6
	l.k = min(1.3, l.top/smallestR)
	l.half = l.top + 97*l.k
	for i := range l.place {
		l.label(i, p.Today)
	}
	return l
}

// angle gives the degrees of a day's beginning, or of a part of it.
func (l *layout) angle(day float64) float64 {
	return gap/2 + day/float64(l.days)*(360-gap)
}

// radii are the edges of a segment.
func (l *layout) radii(ring int, s *placed) (inner, outer float64) {
	outer = l.outer[ring] - l.lane*float64(s.lane)
	return outer - l.lane + laneAir, outer - laneAir
}

func xy(r, angle float64) (x, y float64) {
	t := angle * math.Pi / 180
	return r * math.Sin(t), -r * math.Cos(t)
}

// num writes a length with a tenth's precision, which is less than a pixel.
func num(v float64) string {
	s := strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
	if s == "-0" {
		return "0"
	}
	return s
}

func point(r, angle float64) string {
	x, y := xy(r, angle)
	return num(x) + " " + num(y)
}

func degrees(arc, r float64) float64 { return arc / r * 180 / math.Pi }

// sector is the path of a part of a ring, with round corners; pad is half the air between neighbours along the arc.
func sector(r0, r1, a0, a1, pad, corner float64) string {
	if a1-a0 < degrees(2*pad+0.5, r0) {
		pad = 0
	}
	o0, o1 := a0+degrees(pad, r1), a1-degrees(pad, r1)
	i0, i1 := a0+degrees(pad, r0), a1-degrees(pad, r0)
	c := min(corner, (i1-i0)*math.Pi/180*r0/2.2, (r1-r0)/2.2)
	do, di := degrees(c, r1), degrees(c, r0)
	var b strings.Builder
	fmt.Fprintf(&b, "M%sA%s %s 0 %d 1 %s", point(r1, o0+do), num(r1), num(r1), big(o1-o0-2*do), point(r1, o1-do))
	fmt.Fprintf(&b, "Q%s %sL%s", point(r1, o1), point(r1-c, o1), point(r0+c, i1))
	fmt.Fprintf(&b, "Q%s %sA%s %s 0 %d 0 %s", point(r0, i1), point(r0, i1-di), num(r0), num(r0), big(i1-i0-2*di), point(r0, i0+di))
	fmt.Fprintf(&b, "Q%s %sL%s", point(r0, i0), point(r0+c, i0), point(r1-c, o0))
	fmt.Fprintf(&b, "Q%s %sZ", point(r1, o0), point(r1, o0+do))
	return b.String()
}

func big(sweep float64) int {
	if sweep > 180 {
		return 1
	}
	return 0
}

// flipped tells whether text at an angle would stand on its head, and is set along the other way round.
func flipped(angle float64) bool { return angle > 101 && angle < 259 }

// arc is the path along which a text of that width is centred, upright in both halves of the wheel.
func arc(r, mid, size, width float64) string {
	shift := 0.295 * size
	if flipped(mid) {
		r += shift
		half := degrees(width/2, r)
		return fmt.Sprintf("M%sA%s %s 0 0 0 %s", point(r, mid+half), num(r), num(r), point(r, mid-half))
	}
	r -= shift
	half := degrees(width/2, r)
	return fmt.Sprintf("M%sA%s %s 0 0 1 %s", point(r, mid-half), num(r), num(r), point(r, mid+half))
}
