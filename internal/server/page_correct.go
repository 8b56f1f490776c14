package server

import (
	"slices"
	"strconv"

	"arshjul/domain"
)

// offerCorrection fills in what can be corrected: what somebody has done on the step, the latest first. Where nobody has
// done anything there is nothing to correct, and no form for it.
func (b *stepBody) offerCorrection(tried attempt) {
	i := slices.IndexFunc(b.Forms, func(f form) bool { return f.Kind == domain.CmdCorrect })
	if i < 0 {
		return
	}
	var done []option
	chosen := ""
	if tried.kind == domain.CmdCorrect {
		chosen = tried.values.Get("entry")
	}
	for _, day := range b.History {
		for _, row := range day.Rows {
			if seq := strconv.FormatUint(row.Seq, 10); row.ByHand {
				done = append(done, option{seq, row.Day + ": " + row.Text, seq == chosen})
			}
		}
	}
	if len(done) == 0 {
		b.Forms = slices.Delete(b.Forms, i, i+1)
		return
	}
	for n := range b.Forms[i].Inputs {
		if in := &b.Forms[i].Inputs[n]; in.Name == "entry" {
			in.Options = done
		}
	}
}
