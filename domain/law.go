package domain

import "time"

// LawID names a row of the law table: "KL 11:10".
type LawID string

// Law is a limit that statute sets on a step and nobody can move.
type Law struct {
	ID   LawID
	Says string // in Swedish, as shown beside the date
	Year int    // relative to the budget year: -1 = the year before, 1 = the year after
	// Month and Day are the last day on which the duty is met; no month means that it is counted from what happened.
	Month time.Month
	Day   int
	// Then is the limit instead when särskilda skäl kept a part back, and the rest was decided in time or has a step of its
	// own: skattesatsen by 30 November, the budget by 31 December (KL 11:11).
	Then LawID
	From Occasion
	Days int // from then; negative = before
}

// Occasion is what a limit without a fixed date is counted from.
type Occasion string

// The occasions.
const (
	FromMeeting   Occasion = "meeting"   // the day of the meeting
	FromDecided   Occasion = "decided"   // the day of the decision
	FromAdjusted  Occasion = "adjusted"  // the day of the justering
	FromAnnounced Occasion = "announced" // the day on which the meeting was announced (tillkännagivande), as somebody noted it
)

// Laws lists the limits of kommunallagen (2017:725) and aktiebolagslagen that the engine guards. Whether a limit that falls
// on a Saturday or a Sunday moves is not verified, so none does.
var Laws = []Law{
	{ID: "KL 11:8", Says: "Kommunstyrelsen ska göra upp förslag till budget före oktober månads utgång.", Year: -1, Month: time.October, Day: 31, Then: "KL 11:8 november"},
	{ID: "KL 11:8 november", Says: "Finns särskilda skäl får kommunstyrelsen göra upp förslaget till budget i november.", Year: -1, Month: time.November, Day: 30},
	{ID: "KL 11:8 skattesats", Says: "Görs budgeten upp i november ska kommunstyrelsen före oktober månads utgång föreslå skattesatsen.", Year: -1, Month: time.October, Day: 31},
	{ID: "KL 11:8 revision", Says: "Kommunfullmäktiges presidium ska göra upp förslag till revisorernas budget före oktober månads utgång.", Year: -1, Month: time.October, Day: 31},
	{ID: "KL 11:10", Says: "Kommunfullmäktige ska fastställa budgeten före november månads utgång.", Year: -1, Month: time.November, Day: 30, Then: "KL 11:11"},
	{ID: lawRate, Says: "Hindrar särskilda skäl att budgeten fastställs i tid ska kommunfullmäktige ändå fastställa skattesatsen före november månads utgång.", Year: -1, Month: time.November, Day: 30},
	{ID: "KL 11:11", Says: "Finns särskilda skäl ska budgeten fastställas före december månads utgång.", Year: -1, Month: time.December, Day: 31},
	{ID: "KL 11:16", Says: "Kommunstyrelsen ska lämna delårsrapporten till fullmäktige och revisorerna inom två månader efter rapportperioden.", Year: 0, Month: time.October, Day: 31},
	{ID: "KL 11:20", Says: "Kommunstyrelsen ska lämna över årsredovisningen till fullmäktige och revisorerna senast den 15 april.", Year: 1, Month: time.April, Day: 15},
	{ID: "ABL 7:10", Says: "Ett aktiebolags årsstämma ska hållas inom sex månader från räkenskapsårets utgång.", Year: 1, Month: time.June, Day: 30},
	{ID: "KL 6:9", Says: "Kommunstyrelsen ska i årliga beslut pröva om varje helägt bolags verksamhet under föregående kalenderår har varit förenlig med ändamålet och befogenheterna.", Year: 1, Month: time.December, Day: 31},
	{ID: "KL 5:24", Says: "Fullmäktige ska besluta om ansvarsfrihet före utgången av juni månad året efter.", Year: 1, Month: time.June, Day: 30},

	{ID: lawBalance, Says: "Ett negativt balanskravsresultat ska regleras senast i budgeten för det tredje året efter, om det inte finns synnerliga skäl.", Year: -1, Month: time.November, Day: 30},

	{ID: lawNotice, Says: "Fullmäktiges sammanträde ska tillkännages på anslagstavlan, och kallelse skickas, minst en vecka före.", From: FromMeeting, Days: -7},
	{ID: lawProposalOnWeb, Says: "Styrelsens förslag till budget ska finnas på webbplatsen från och med tillkännagivandet av det sammanträde då budgeten ska fastställas.", From: FromAnnounced},
	{ID: lawReportOnWeb, Says: "Årsredovisningen ska finnas på webbplatsen från och med tillkännagivandet av det sammanträde då den ska godkännas.", From: FromAnnounced},
	{ID: lawAuditOnWeb, Says: "Revisionsberättelserna ska finnas på webbplatsen från och med tillkännagivandet av det sammanträde då de ska behandlas.", From: FromAnnounced},
	{ID: lawAdjusted, Says: "Protokollet ska justeras senast fjorton dagar efter sammanträdet.", From: FromDecided, Days: 14},
	{ID: lawPosted, Says: "Justeringen ska tillkännages på anslagstavlan senast andra dagen efter justeringen.", From: FromAdjusted, Days: 2},
}

// The limits that hang on a meeting.
const (
	lawBudget        LawID = "KL 11:10"
	lawRate          LawID = "KL 11:11 skattesats"
	lawNotice        LawID = "KL 5:13"
	lawAdjusted      LawID = "KL 5:69"
	lawPosted        LawID = "KL 8:12"
	lawProposalOnWeb LawID = "KL 8:14"
	lawReportOnWeb   LawID = "KL 8:15"
	lawAuditOnWeb    LawID = "KL 8:16 a"
)

// Law finds a row, or nil.
func (id LawID) Law() *Law {
	for i := range Laws {
		if Laws[i].ID == id {
			return &Laws[i]
		}
	}
	return nil
}

// Limit gives the last lawful day for a cycle of budget year n, or "" for an unknown id and for a limit without a fixed
// date.
func (id LawID) Limit(n int) Date {
	if l := id.Law(); l != nil && l.Month != 0 {
		return NewDate(n+l.Year, l.Month, l.Day)
	}
	return ""
}

// byNewCouncil tells whether the duty is the newly elected KF's in an election year (KL 5:9, 11:10).
func (id LawID) byNewCouncil() bool { return id == lawBudget || id == lawRate }

// ElectionYear tells whether there is an ordinary general election in a year: every fourth, 2026 among them.
func ElectionYear(year int) bool { return year%4 == 2 }
