package rehearsal

import (
	"strconv"
	"strings"

	"arshjul/domain"
)

// Supposed is what somebody asks about, as they write it.
type Supposed struct {
	Returned []string // steps that come back by a majority: kf-mal-och-ekonomi
	Minority []string // and by a third of KF
	Moves    []string // KF-2027-06-15=2027-11-17
	Late     []string // SN:namndens-forslag=20, in days after the senast-dag
}

// What reads it. The error is a *domain.Refusal that shows the form.
func (s Supposed) What() (domain.What, error) {
	w := domain.What{}
	for _, id := range s.Returned {
		w.Returned = append(w.Returned, domain.StepID(id))
	}
	for _, id := range s.Minority {
		w.Minority = append(w.Minority, domain.StepID(id))
	}
	for _, text := range s.Moves {
		id, day, _ := strings.Cut(text, "=")
		d, err := domain.ParseDate(day)
		if err != nil {
			return w, domain.Refuse(domain.CodeBadCommand, "%q går inte att läsa. Skriv SAMMANTRÄDE=DAG, till exempel KF-2027-06-15=2027-11-17.", text)
		}
		w.Meetings = append(w.Meetings, domain.MovedMeeting{Meeting: domain.MeetingID(id), Date: d})
	}
	for _, text := range s.Late {
		what, number, _ := strings.Cut(text, "=")
		unit, def, _ := strings.Cut(what, ":")
		days, err := strconv.Atoi(number)
		if err != nil || days < 1 || days > 366 || unit == "" || def == "" {
			return w, domain.Refuse(domain.CodeBadCommand, "%q går inte att läsa. Skriv ENHET:STEG=DAGAR, till exempel SN:namndens-forslag=20, med 1 till 366 dagar.", text)
		}
		w.Late = append(w.Late, domain.LateStep{Step: domain.StepID(def + "/" + unit), Days: days})
	}
	if len(w.Returned)+len(w.Minority)+len(w.Meetings)+len(w.Late) == 0 {
		return w, domain.Refuse(domain.CodeBadCommand, "Ange vad som skulle hända: en återremiss, en minoritetsåterremiss, ett flyttat sammanträde eller en sen enhet.")
	}
	return w, nil
}
