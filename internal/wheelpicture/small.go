package wheelpicture

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// Small draws the wheel as a picture without words in its segments and without links: for a margin, or a narrow screen.
// prefix keeps its ids apart from those of another picture on the page.
func (p *Picture) Small(prefix string) string {
	d := &drawing{layout: layOut(p), p: p}
	k := 160 / d.top
	d.pattern(prefix+"-sen", 4)
	for i := range d.rings {
		d.add(`<path class="ring" d="%s"/>`, sector((d.inner[i]-1.5)*k, (d.outer[i]+1.5)*k, gap/2, 360-gap/2, 0, 3))
	}
	for i := range d.place {
		for n := range d.place[i] {
			s := &d.place[i][n]
			inner, outer := d.radii(i, s)
			d.add(`<path class="yta %s"%s d="%s"/>`, s.State, hatched(s.State, prefix+"-sen"), sector(inner*k, outer*k, s.from, s.to, 0.5, 2))
		}
	}
	for i, name := range months {
		from, to := d.monthStart(time.Month(i+1)), d.monthStart(time.Month(i+2))
		x, y := xy(171, (d.angle(from)+d.angle(to))/2)
		now := ""
		if t := float64(p.Today); t >= from && t < to {
			now = " nu"
		}
		d.add(`<text class="bokstav%s" x="%s" y="%s" font-size="12.5" text-anchor="middle">%s</text>`, now, num(x), num(y+4.4), strings.ToUpper(name[:1]))
	}
	if p.Today >= 0 {
		a := d.angle(float64(p.Today) + 0.5)
		line := "M" + point(d.hub*k, a) + "L" + point(163, a)
		d.add(`<path class="idag-gloria" d="%[1]s"/><path class="idag-linje" d="%[1]s"/>`, line)
	}
	d.add(`<text class="ar" y="8" font-size="25" text-anchor="middle">%d</text>`, p.Year)
	return fmt.Sprintf(`<svg class="hjul litet" viewBox="-180 -180 360 360" role="img" aria-label="%s"><defs>%s</defs>%s</svg>`,
		html.EscapeString(p.Says), d.defs.String(), d.out.String())
}
