package server_test

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"arshjul/domain"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// holdStream keeps everybody from journalling one stream, until release is called.
func holdStream(t *testing.T, d *servertest.Door, stream string) (release func()) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), d.DatabaseURL)
	ok(t, err)
	sum := sha256.Sum256([]byte("stream\x00" + stream))
	_, err = c.Exec(t.Context(), "select pg_advisory_lock($1)", int64(binary.BigEndian.Uint64(sum[:8])))
	ok(t, err)
	return func() { ok(t, c.Close(t.Context())) }
}

// A journal that is late makes an answer "mottaget", and never a no: whoever confirms an order meanwhile, the same person or
// another, starts the one cycle, and is told of it when it stands in the journal.
func TestALaunchWhoseJournalIsLate(t *testing.T) {
	t.Parallel()
	d := servertest.New(t)
	hurried := httptest.NewServer(d.Another(t, func(c *server.Config) { c.Patience = -time.Second }).Handler()) // waits for no receipt
	t.Cleanup(hurried.Close)
	first, second := api.NewClient(hurried.URL, servertest.Launcher), api.NewClient(hurried.URL, servertest.Confirmer)
	ordered := order(t, first, anOrder("order-1"))
	stream := domain.CycleStream(servertest.Kommun, 2028)
	release := holdStream(t, d, stream)
	started, err := confirm(t, second, ordered.Number, "confirm-1")
	if err != nil || started.Stream != stream || started.Status != api.StatusReceived || started.Index != nil {
		t.Fatalf("while the journal is late: %+v, %v", started, err)
	}
	type answer struct {
		receipt api.Receipt
		err     error
	}
	answers := make(chan answer)
	for who, c := range map[string]*api.Client{"confirm-2": first, "confirm-3": second} {
		go func() {
			r, err := confirm(t, c, ordered.Number, who)
			answers <- answer{r, err}
		}()
	}
	release()
	for range 2 {
		if a := <-answers; a.err != nil || a.receipt.ID != started.ID || a.receipt.Stream != stream || a.receipt.First != 1 {
			t.Errorf("confirmed again it is answered %+v, %v; first it was %+v", a.receipt, a.err, started)
		}
	}
	refused, err := d.Store.Entries(t.Context(), domain.RefusalStream(registry), 1, 10)
	if err != nil || len(refused) > 0 {
		t.Errorf("somebody was told no: %+v, %v", refused, err)
	}
	for range 2 { // and when it is there
		if again, err := confirm(t, first, ordered.Number, "confirm-4"); err != nil || again.Status != api.StatusDone || again.Index == nil {
			t.Errorf("%+v, %v", again, err)
		}
	}
}
