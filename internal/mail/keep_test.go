package mail

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"arshjul/domain"
	"arshjul/internal/mail/mailtest"
	"arshjul/internal/proof"
	"arshjul/internal/signer"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
)

// Checkpoints leave the machine: each revisor gets the newest one once a day when the log has grown, byte for byte, and the
// delivery log accounts for it like any mail. An exercise's are mailed to nobody.
func TestCheckpointsAreMailedToRevisorerna(t *testing.T) {
	t.Parallel()
	owner := stacktest.Database(t, store.Migrate)
	s, err := store.Open(t.Context(), stacktest.AsRole(t, owner, store.AppRole))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	launched(t, s, 1) // an exercise, with a log of its own
	d := &desk{t: t, store: s, state: domain.NewState(domain.RegistryStream(kommun)), now: domain.Date("2026-12-01").Start()}
	r := town()
	r.Number, r.Issued = 0, 0
	for i := range r.Bindings {
		r.Bindings[i].Number = 0
	}
	by := r.Bindings[0].Person
	for _, b := range r.Bindings {
		if b.Role == domain.RoleRegistrar {
			by = b.Person
		}
	}
	r.Bindings = append(r.Bindings, domain.Binding{Person: by, Role: domain.RoleRegistrar, Unit: r.City, From: "2026-01-01"},
		domain.Binding{Person: "p-revisor", Role: domain.RoleAuditor, Unit: r.City, From: "2026-01-01"},
		domain.Binding{Person: "p-revisor-2", Role: domain.RoleAuditor, Unit: r.City, From: "2026-01-01"},
		domain.Binding{Person: "p-revisor-då", Role: domain.RoleAuditor, Unit: r.City, From: "2025-01-01", To: "2026-06-30"})
	d.do(domain.Command{Kind: domain.CmdFound, Actor: by, Found: &r})
	for _, p := range []domain.PersonID{"p-revisor", "p-revisor-2", "p-revisor-då"} {
		set1(t, s, p, string(p[:9])+"@exempel.invalid")
	}
	key := filepath.Join(t.TempDir(), "key")
	public, err := signer.NewKey(key, "arshjul/signer/"+kommun)
	if err != nil {
		t.Fatal(err)
	}
	k, err := signer.ReadKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.New(t.Context(), stacktest.AsRole(t, owner, store.SignerRole))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	hand, err := signer.New(signer.Config{DB: pool, Keys: []signer.Key{k}, State: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hand.Close() })
	sign := func() {
		t.Helper()
		looked, err := hand.Look(context.Background())
		if err != nil || len(looked) != 2 || looked[0].Refused != nil || looked[1].Refused != nil {
			t.Fatalf("%+v, %v", looked, err)
		}
	}
	server := mailtest.New(t, mailtest.Options{})
	expect := expecting(t, server, sending(t, s, server.Port))
	expect("nothing is signed", firstMorning, 0)
	sign()
	night := firstMorning.Add(18 * time.Hour)
	expect("signed, in the night", night, 0)
	expect("the morning after", firstMorning.Add(24*time.Hour), 2)
	expect("the log has not grown", firstMorning.Add(48*time.Hour), 0)
	d.do(domain.Command{Kind: domain.CmdBind, Actor: by, Binding: &domain.Binding{Person: "p-x", Role: "processledare", Unit: r.City, From: "2026-01-01"}})
	sign()
	expect("grown, on the same day", firstMorning.Add(50*time.Hour), 0)
	d.do(domain.Command{Kind: domain.CmdBind, Actor: by, Binding: &domain.Binding{Person: "p-y", Role: "processledare", Unit: r.City, From: "2026-01-01"}})
	sign()
	expect("the morning after that", firstMorning.Add(72*time.Hour), 2)
	keys, err := proof.ParseKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	for i, size := range []uint64{1, 1, 2, 2} {
		m := server.Mails()[i]
		text := plainPart(t, m.Raw)
		note := text[strings.Index(text, "arshjul/"+kommun+"\n"):]
		note = note[:strings.Index(note, "\nVarför du får")]
		signed, err := keys.Open([]byte(note))
		if err != nil || signed.Origin != "arshjul/"+kommun || signed.Size != size {
			t.Errorf("mail %d to %s: %+v, %v\n%s", i, m.To, signed.Checkpoint, err, text)
		}
		if strings.Contains(m.To, "p-revisor-d") {
			t.Errorf("mailed to %s, who is no revisor any more", m.To)
		}
	}
	// A new epoch is told at once, and once.
	begun := proof.Checkpoint{Origin: proof.Origin(kommun, 2), Size: 2}
	note, err := proof.Sign(begun, k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "insert into checkpoint (log, epoch, size, root, note) values ($1, 2, 2, $2, $3)", kommun, begun.Root[:], string(note)); err != nil {
		t.Fatal(err)
	}
	expect("a new epoch", firstMorning.Add(73*time.Hour), 2)
	if text := plainPart(t, server.Mails()[4].Raw); !strings.Contains(text, "En ny epok av journalen har börjat") || !strings.Contains(text, string(note)) {
		t.Errorf("told of the epoch\n%s", text)
	}
	expect("told already", firstMorning.Add(74*time.Hour), 0)
	if counts, err := s.MailCounts(t.Context(), kommun, ""); err != nil || counts[store.MailSent] != 6 {
		t.Errorf("the delivery log has %v, %v", counts, err)
	}
}

// plainPart decodes a mail's plain text.
func plainPart(t *testing.T, raw []byte) string {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, p, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, p["boundary"])
	part, err := parts.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	if e := part.Header.Get("Content-Transfer-Encoding"); e != "quoted-printable" {
		t.Fatal(fmt.Errorf("encoded as %s", e))
	}
	b, err := io.ReadAll(quotedprintable.NewReader(part))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}
