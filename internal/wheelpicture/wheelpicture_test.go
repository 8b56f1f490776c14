package wheelpicture

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// crowded is a wheel with more than fits comfortably, different for each seed.
func crowded(seed uint64) *Picture {
	r := rand.New(rand.NewPCG(seed, 1))
	p := &Picture{Year: 2028, Today: r.IntN(366), TodayText: "i dag 6 april", Hub: []string{"1 av 2 klara"}, Name: "Årshjulet", Says: "Ett år"}
	for ring := range 5 {
		one := Ring{Name: fmt.Sprintf("Ring %d", ring), Long: "Ringen"}
		for n := range r.IntN(25) {
			from := r.IntN(366)
			one.Segments = append(one.Segments, Segment{Href: "#a", Title: "T", Labels: []string{"Nämndens förslag till budget", "Nämndens förslag", fmt.Sprint(n)},
				From: from, To: min(365, from+r.IntN(90)), State: []State{Done, Open, Late, Waiting}[r.IntN(4)], Track: r.IntN(3)})
		}
		p.Rings = append(p.Rings, one)
	}
	for d := 10; d < 366; d += 9 {
		p.Meetings = append(p.Meetings, Meeting{Day: d, Title: "Möte", Label: "10 januari", Minor: d%2 == 0})
	}
	return p
}

// Nothing overlaps: segments of a lane lie beside each other, and labels keep clear of each other, of other segments and of
// today's line.
func TestNothingCollides(t *testing.T) {
	labels := 0
	for seed := range uint64(60) {
		p := crowded(seed)
		l := layOut(p)
		if math.Abs(l.outer[0]-l.top) > 1e-9 || l.hub < 60 {
			t.Fatalf("seed %d: the rings end at %v, the hub is %v", seed, l.outer[0], l.hub)
		}
		today := l.angle(float64(p.Today) + 0.5)
		for ring, row := range l.place {
			for i := range row {
				a := &row[i]
				if a.from < gap/2-1e-9 || a.to > 360-gap/2+1e-9 || a.from >= a.to {
					t.Errorf("seed %d: a segment from %v to %v", seed, a.from, a.to)
				}
				inner, outer := l.radii(ring, a)
				if inner < l.inner[ring]-1e-9 || outer > l.outer[ring]+1e-9 {
					t.Errorf("seed %d: a segment outside of its ring", seed)
				}
				half := degrees(textWidth(a.label, l.size)/2, (inner+outer)/2-0.295*l.size)
				from, to := a.mid-half, a.mid+half
				if a.label != "" {
					labels++
					if from < today && today < to {
						t.Errorf("seed %d: %q lies under today's line", seed, a.label)
					}
					if a.inside && (from < a.from || to > a.to) {
						t.Errorf("seed %d: %q is wider than its segment", seed, a.label)
					}
				}
				for k := range row {
					b := &row[k]
					if k == i || a.lane != b.lane {
						continue
					}
					if a.from < b.to-1e-9 && b.from < a.to-1e-9 {
						t.Errorf("seed %d: two segments overlap in lane %d", seed, a.lane)
					}
					if a.label == "" {
						continue
					}
					if from < b.to-1e-9 && b.from < to-1e-9 {
						t.Errorf("seed %d: %q lies on a segment", seed, a.label)
					}
					if other := degrees(textWidth(b.label, l.size)/2, (inner+outer)/2-0.295*l.size); b.label != "" && from < b.mid+other-1e-9 && b.mid-other < to-1e-9 {
						t.Errorf("seed %d: %q lies on %q", seed, a.label, b.label)
					}
				}
			}
		}
	}
	if labels < 1000 {
		t.Errorf("only %d labels were set", labels)
	}
}

// What does not fit gets a shorter label, and a segment with room for none is drawn all the same.
func TestShorterLabels(t *testing.T) {
	labels := []string{"En mycket lång rubrik som inte får plats på en månad", "Rubrik", "7"}
	p := &Picture{Year: 2027, Today: -1, Rings: []Ring{{Segments: []Segment{
		{Labels: labels, From: 0, To: 364}, {Labels: labels, From: 7, To: 30, Track: 1}, {Labels: labels, From: 31, To: 35, Track: 1},
		{Labels: labels, From: 36, To: 364, Track: 1}, {Labels: []string{"WWWWWWWW"}, From: 4, To: 6, Track: 2}, {From: 7, To: 364, Track: 2},
	}}}}
	row := layOut(p).place[0]
	for i, want := range []string{labels[0], "Rubrik", "7", labels[0], "", ""} {
		if row[i].label != want {
			t.Errorf("segment %d says %q, want %q", i, row[i].label, want)
		}
	}
	if row[5].lane != 2 || row[4].lane != 1 || row[0].lane != 0 {
		t.Errorf("low tracks lie outermost: lanes %d, %d and %d", row[0].lane, row[4].lane, row[5].lane)
	}
}

// January begins just after the gap, December ends just before it, and a quarter of the year is a quarter of the way.
func TestAngles(t *testing.T) {
	l := layOut(&Picture{Year: 2027})
	for day, want := range map[float64]float64{0: 18, 365: 342, 365.0 / 4: 18 + 81} {
		if got := l.angle(day); math.Abs(got-want) > 1e-9 {
			t.Errorf("day %v is at %v, want %v", day, got, want)
		}
	}
	if x, y := xy(100, 90); math.Abs(x-100) > 1e-9 || math.Abs(y) > 1e-9 {
		t.Errorf("90 degrees is at %v, %v", x, y)
	}
	if l := layOut(&Picture{Year: 2028}); l.days != 366 {
		t.Errorf("2028 has %d days", l.days)
	}
}

// Both drawings are well-formed, carry no style and no script, and escape what they are given.
func TestDrawings(t *testing.T) {
	p := crowded(7)
	p.Rings[0].Segments = append(p.Rings[0].Segments, Segment{Href: `#"><script>x</script>`, Title: `<b onload="x">&`, Labels: []string{`<i>`}, From: 10, To: 300, State: Late, Track: 9})
	p.Name, p.Says, p.Meetings[0].Title = `<script>`, `"'><x>`, `<y>`
	for name, svg := range map[string]string{"large": p.Large(), "small": p.Small("l")} {
		links, ids := 0, map[string]bool{}
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if !strings.Contains(" svg title desc defs pattern rect path g a text textPath circle ", " "+e.Name.Local+" ") {
				t.Errorf("%s: an element %s", name, e.Name.Local)
			}
			if e.Name.Local == "a" {
				links++
			}
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("%s: an attribute %s", name, a.Name.Local)
				}
				if a.Name.Local == "id" && ids[a.Value] {
					t.Errorf("%s: id %s twice", name, a.Value)
				}
				if a.Name.Local == "id" {
					ids[a.Value] = true
				}
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("%s: %s=%q", name, a.Name.Local, a.Value)
				}
			}
		}
		want := 0
		for i := range p.Rings {
			want += len(p.Rings[i].Segments)
		}
		if name == "large" && links != want {
			t.Errorf("%d links, want one for each of %d segments", links, want)
		}
	}
}
