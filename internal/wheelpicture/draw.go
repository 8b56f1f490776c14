package wheelpicture

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"
)

// meetingSize is the size of the words on the rim.
const meetingSize = 15.5

// drawing is an SVG that is being written.
type drawing struct {
	*layout
	p    *Picture
	defs strings.Builder
	out  strings.Builder
	arcs int
}

// Large draws the wheel with its labels, each segment a link. Every text of the picture's is escaped.
func (p *Picture) Large() string {
	d := &drawing{layout: layOut(p), p: p}
	d.pattern("hjul-sen", 7)
	d.ground()
	d.months()
	d.names()
	d.segments()
	d.todayLine(d.band() - 10*d.k)
	d.meetings()
	d.todayTag()
	d.middle()
	half := num(d.half)
	return fmt.Sprintf(`<svg class="hjul" viewBox="-%s -%s %s %s" role="group" aria-labelledby="hjul-namn hjul-text"><title id="hjul-namn">%s</title><desc id="hjul-text">%s</desc><defs>%s</defs>%s</svg>`,
		half, half, num(2*d.half), num(2*d.half), html.EscapeString(p.Name), html.EscapeString(p.Says), d.defs.String(), d.out.String())
}

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.out, format, args...) }

// text writes along an arc around an angle.
func (d *drawing) text(s string, r, mid, size float64, class string) {
	w := textWidth(s, size)
	d.arcs++
	id := "hj" + strconv.Itoa(d.arcs)
	fmt.Fprintf(&d.defs, `<path id="%s" d="%s"/>`, id, arc(r, mid, size, w))
	d.add(`<text class="%s" font-size="%s"><textPath href="#%s" textLength="%s" lengthAdjust="spacingAndGlyphs">%s</textPath></text>`,
		class, num(size), id, num(w), html.EscapeString(s))
}

func (d *drawing) pattern(id string, side float64) {
	fmt.Fprintf(&d.defs, `<pattern id="%s" width="%[2]s" height="%[2]s" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="sen-a" width="%[2]s" height="%[2]s"/><rect class="sen-b" width="%s" height="%[2]s"/></pattern>`,
		id, num(side), num(side*0.37))
}

func (d *drawing) ground() {
	first, last := gap/2, 360-gap/2
	d.add(`<g aria-hidden="true">`)
	for i := range d.rings {
		d.add(`<path class="ring" d="%s"/>`, sector(d.inner[i]-1.5, d.outer[i]+1.5, first, last, 0, 7))
		if d.p.Today > 0 {
			d.add(`<path class="forflutet" d="%s"/>`, sector(d.inner[i]-1.5, d.outer[i]+1.5, first, d.angle(float64(d.p.Today)+0.5), 0, 7))
		}
	}
	for m := time.February; m <= time.December; m++ {
		a := d.angle(d.monthStart(m))
		d.add(`<path class="manadslinje" d="M%sL%s"/>`, point(d.hub+6, a), point(d.top+2, a))
	}
	d.add(`</g>`)
}

// monthStart is the day of the year on which a month begins; that after December is the end of the year.
func (d *drawing) monthStart(m time.Month) float64 {
	if m > time.December {
		return float64(d.days)
	}
	return float64(time.Date(d.p.Year, m, 1, 0, 0, 0, 0, time.UTC).YearDay() - 1)
}

func (d *drawing) months() {
	d.add(`<g aria-hidden="true">`)
	for i, name := range months {
		m := time.Month(i + 1)
		from, to := d.monthStart(m), d.monthStart(m+1)
		now := ""
		if t := float64(d.p.Today); t >= from && t < to {
			now = " nu"
		}
		d.add(`<path class="manad%s" d="%s"/>`, now, sector(d.top+9*d.k, d.top+39*d.k, d.angle(from), d.angle(to), 1.2, 5))
		d.text(name, d.top+24*d.k, (d.angle(from)+d.angle(to))/2, 17.5*d.k, "manadsnamn"+now)
	}
	d.add(`</g>`)
}

func (d *drawing) names() {
	d.add(`<g class="ringnamn" aria-hidden="true">`)
	d.add(`<text x="0" y="%s" font-size="%s" text-anchor="middle">Sammanträden</text>`, num(-d.top-51*d.k), num(16*d.k))
	for i, ring := range d.p.Rings {
		d.add(`<text x="0" y="%s" font-size="%s" text-anchor="middle">%s</text>`, num(-(d.inner[i]+d.outer[i])/2+6), num(17*d.k), html.EscapeString(ring.Name))
	}
	d.add(`</g>`)
}

func (d *drawing) segments() {
	for i := range d.p.Rings {
		if len(d.place[i]) == 0 {
			continue
		}
		d.add(`<g role="list" aria-label="%s">`, html.EscapeString(d.p.Rings[i].Long))
		for k := range d.place[i] {
			s := &d.place[i][k]
			inner, outer := d.radii(i, s)
			d.add(`<g role="listitem"><a class="steg %s" href="%s"><title>%s</title><path class="yta"%s d="%s"/>`, s.State,
				html.EscapeString(s.Href), html.EscapeString(s.Title), hatched(s.State, "hjul-sen"), sector(inner, outer, s.from, s.to, 1.2, 4))
			if s.label != "" {
				class := "namn ut"
				if s.inside {
					class = "namn in"
				}
				if s.Strong {
					class += " mitt"
				}
				d.text(s.label, (inner+outer)/2, s.mid, d.size, class)
			}
			d.add(`</a></g>`)
		}
		d.add(`</g>`)
	}
}

// hatched gives a late segment its pattern, which is in the drawing and not in the style sheet.
func hatched(state State, pattern string) string {
	if state == Late {
		return ` fill="url(#` + pattern + `)"`
	}
	return ""
}

func (d *drawing) todayLine(end float64) {
	if d.p.Today < 0 {
		return
	}
	a := d.angle(float64(d.p.Today) + 0.5)
	line := "M" + point(d.hub+2, a) + "L" + point(end, a)
	d.add(`<g aria-hidden="true"><path class="idag-gloria" d="%[1]s"/><path class="idag-linje" d="%[1]s"/></g>`, line)
}

// rim is where the marks of meetings stand, and band where their words and today's do.
func (d *drawing) rim() float64  { return d.top + 56*d.k }
func (d *drawing) band() float64 { return d.top + 78*d.k }

func (d *drawing) meetings() {
	if len(d.p.Meetings) == 0 {
		return
	}
	d.add(`<g role="list" aria-label="Sammanträden">`)
	last := 0.0 // where the last label ends
	if d.p.Today >= 0 {
		w := degrees(textWidth(d.p.TodayText, meetingSize*d.k)/2+14, d.band())
		a := d.angle(float64(d.p.Today) + 0.5)
		for i := range d.p.Meetings { // today's tag comes before any meeting's words
			m := &d.p.Meetings[i]
			half := degrees(textWidth(m.Label, meetingSize*d.k)/2, d.band())
			if at := d.angle(float64(m.Day) + 0.5); at+half > a-w && at-half < a+w {
				m.Label = ""
			}
		}
	}
	for _, m := range d.p.Meetings {
		a := d.angle(float64(m.Day) + 0.5)
		d.add(`<g role="listitem"><title>%s</title>`, html.EscapeString(m.Title))
		if m.Minor {
			x, y := xy(d.rim()-10*d.k, a)
			d.add(`<circle class="ks" cx="%s" cy="%s" r="4.2"/>`, num(x), num(y))
		} else {
			x, y := xy(d.rim(), a)
			d.add(`<path class="kf" d="M%s %sL%s %s"/>`, num(x), num(y), num(x+0.1), num(y))
		}
		half := degrees(textWidth(m.Label, meetingSize*d.k)/2, d.band())
		if m.Label != "" && a-half > last+0.8 && a+half < 360-gap/2 {
			last = a + half
			class := "kfnamn"
			if m.Strong {
				class += " viktig"
			}
			d.text(m.Label, d.band()+1, a, meetingSize*d.k, class)
		}
		d.add(`</g>`)
	}
	d.add(`</g>`)
}

func (d *drawing) todayTag() {
	if d.p.Today < 0 {
		return
	}
	a := d.angle(float64(d.p.Today) + 0.5)
	w := degrees(textWidth(d.p.TodayText, meetingSize*d.k)/2+8, d.band())
	d.add(`<g aria-hidden="true"><path class="idag-bricka" d="%s"/>`, sector(d.band()-12*d.k, d.band()+13*d.k, a-w, a+w, 0, 7))
	d.text(d.p.TodayText, d.band()+0.5, a, meetingSize*d.k, "idag-text")
	d.add(`</g>`)
}

func (d *drawing) middle() {
	d.add(`<g class="nav" aria-hidden="true"><circle r="%s"/><text class="ar" y="4" font-size="58" text-anchor="middle">%d</text>`, num(d.hub-3), d.p.Year)
	for i, line := range d.p.Hub {
		d.add(`<text class="navtext" y="%d" font-size="16.5" text-anchor="middle">%s</text>`, 34+23*i, html.EscapeString(line))
	}
	d.add(`</g>`)
}
