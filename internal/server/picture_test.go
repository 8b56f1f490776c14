package server_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/officials"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// The pictures of README, taken of exercises that simulated officials have played into the spring of 2027: the planning of
// 2028, the follow-up of 2027 and the closing of 2026 together. They stop working in March, on the
// 16th those who plan, so that something is late.
// "make pictures" sets ARSHJUL_PICTURES to the directory they go to.
func TestPictures(t *testing.T) {
	to := os.Getenv("ARSHJUL_PICTURES")
	if to == "" {
		t.Skip("ARSHJUL_PICTURES is not set: no pictures are wanted")
	}
	const last = domain.Date("2027-04-06")
	stops := map[int]domain.Date{2026: "2027-03-10", 2027: "2027-03-01", 2028: "2027-03-16"}
	d := servertest.Whole(t)
	planning := ""
	for _, e := range []api.Exercise{
		{ID: "bilder-2026", Year: 2026, From: domain.StageClosing, Start: "2027-01-04"},
		{ID: "bilder-2027", Year: 2027, From: domain.StageFollowUp, Start: "2027-01-04"},
		{ID: "bilder-2028", Year: 2028, Start: "2026-12-01"},
	} {
		var r api.Receipt
		ok(t, d.As(servertest.Launcher).Post(t.Context(), "/exercises", e, &r))
		planning = r.Stream
		ctx, enough := context.WithCancel(t.Context())
		_, err := officials.Play(ctx, d.As(servertest.Launcher), r.Stream, servertest.Launcher, func(p officials.Progress) {
			if p.Today >= stops[e.Year] {
				enough()
			}
		})
		if ctx.Err() == nil {
			t.Fatalf("%s was not played into the spring: %v", r.Stream, err)
		}
		for {
			var c api.Cycle
			ok(t, d.As(servertest.Launcher).Get(t.Context(), "/"+r.Stream, &c))
			if c.Today >= last || c.Next == 0 || c.Next.Date() > last {
				break
			}
			give(t, d.As(servertest.Launcher), r.Stream, api.Command{ID: "bilder-" + string(c.Today), Kind: domain.CmdAdvance})
		}
	}
	b := openChromium(t)
	b.wide(1280, 900, true)
	at := strings.Replace(planning, "exercise/", "/ovning/", 1)
	for _, picture := range []struct {
		name, path string
		person     domain.PersonID
		long       int
	}{
		{"arshjulet", "/arshjulet?cykel=ovningar&ar=2027", "p-sof-processledare", 1620},
		{"mitt-arbete", "/inkorg?cykel=" + planning, "p-bun-namndsekreterare", 900},
		{"steget", at + "/steg/namndens-forslag/BUN", "p-bun-namndsekreterare", 1500},
		{"cykeln", at + "?del=planering", "p-slf-stadens-processledare", 1900},
	} {
		b.as(picture.person)
		b.open(d.URL + picture.path)
		b.picture(filepath.Join(to, picture.name+".png"), picture.long, 0.75)
	}
	b.quiet()
}
