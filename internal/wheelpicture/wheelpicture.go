// Package wheelpicture draws a calendar year as a wheel, as SVG: a month ring, a ring for each kind of body, a segment for
// each thing that is done, meetings on the rim and a line at today. It knows geometry and nothing of municipalities: who
// uses it says what the segments are, in which state, and where they lead.
//
// Angles run clockwise from the top. A gap at the top holds the names of the rings; the rest of the circle is the days of
// the year. No colour is set here: every shape has a class, and the style sheet has the colours and patterns. There is no
// style attribute and no script, so that the picture stands under the strictest content security policy.
package wheelpicture

// State is how a segment is drawn. It is the name of a class, too.
type State string

// The states: filled, light, hatched and dotted, so that they differ in print and without colour.
const (
	Done    State = "klar"
	Open    State = "oppen"
	Late    State = "sen"
	Waiting State = "vantar"
)

// Picture is what is to be drawn.
type Picture struct {
	Year int
	// Today is the day of the year, from 0; negative when it is another year.
	Today     int
	TodayText string
	Rings     []Ring // from the outside in
	Meetings  []Meeting
	Hub       []string // what stands under the year in the middle, at most two lines
	Name      string   // what the picture is called
	Says      string   // what it shows, for those who do not see it
}

// Ring is a band of the wheel. Its segments are put into as many lanes as they need.
type Ring struct {
	Name     string // in the picture
	Long     string // of its list of links
	Segments []Segment
}

// Segment is something that is done from one day of the year through another.
type Segment struct {
	Href     string
	Title    string // all that the picture says of it, for those who point at it or do not see it
	Labels   []string
	From, To int // days of the year, from 0; both are in the segment
	State    State
	// Track orders segments of a ring into lanes: low numbers lie outside high ones.
	Track  int
	Strong bool // the label is heavier
}

// Meeting is a mark on the rim.
type Meeting struct {
	Day    int
	Title  string
	Label  string // "" = only the mark
	Minor  bool   // a ring instead of a dot
	Strong bool
}

// months are the names in the month ring.
var months = [...]string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}
