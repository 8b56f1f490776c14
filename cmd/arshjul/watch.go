package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"arshjul/domain"
	"arshjul/internal/store"
)

// watch shows the whole installation at each scrape: what has fallen due unnoticed, what is not sent, and which
// workflows are blocked. Every process with --metrics shows the same, so that it is seen whoever of them is down.
type watch struct {
	store    *store.Store
	temporal client.Client
	log      *zap.Logger
}

// watchTime is how long a look at Postgres or Temporal may take. What does not answer is shown as not up.
const watchTime = 3 * time.Second

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("arshjul_"+name, help, labels, nil)
}

var (
	watchUp        = gauge("watch_up", "1 = could be asked at this scrape. The other figures of what is 0 are missing.", "what")
	overdueCycles  = gauge("overdue_cycles", "Open cycles in which something has fallen due that nobody has noticed.")
	overdueSeconds = gauge("overdue_seconds", "How long ago the first of it fell due; 0 = none.")
	unsentMails    = gauge("unsent_mails", "Mails that are neither sent nor given up, exercises left out.")
	unsentSeconds  = gauge("unsent_mail_seconds", "Age of the oldest of them; 0 = none.")
	failedMails    = gauge("failed_mails", "Mails that were given up: refused, expired, or without an address.")
	silentServers  = gauge("mail_servers_silent", "Municipalities whose mail server does not answer.")
	differences    = gauge("reconcile_differences", "Differences between workflows, log and lists that the last comparison of each municipality found.")
	reconciledAgo  = gauge("reconciled_seconds", "How long ago that was, for the municipality whose turn was longest ago; it is compared every night.")
	signerRefused  = gauge("signer_refused", signerRefusedHelp)
	unsignedFor    = gauge("unsigned_seconds", "Age of the oldest entry that no checkpoint covers; 0 = none.")
	blocked        = gauge("workflows_blocked", "Open workflows whose last five tasks or more have failed (TemporalReportedProblems).")
)

// Describe names the gauges.
func (w *watch) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{watchUp, overdueCycles, overdueSeconds, unsentMails, unsentSeconds, failedMails, silentServers, differences, reconciledAgo, signerRefused, unsignedFor, blocked} {
		to <- d
	}
}

// Collect looks, and gives what it sees.
func (w *watch) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), watchTime)
	defer cancel()
	put := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	up := func(what string, err error) bool {
		if err != nil {
			w.log.Warn("cannot be watched", zap.String("what", what), zap.Error(err))
			put(watchUp, 0, what)
			return false
		}
		put(watchUp, 1, what)
		return true
	}
	now := time.Now()
	since := func(t domain.Instant) float64 {
		if t == 0 {
			return 0
		}
		return now.Sub(t.Time()).Seconds()
	}
	if s, err := w.store.Watch(ctx, domain.InstantOf(now)); up("postgres", err) {
		put(overdueCycles, float64(s.Overdue))
		put(overdueSeconds, since(s.OldestDue))
		put(unsentMails, float64(s.UnsentMails))
		put(unsentSeconds, since(s.OldestMail))
		put(failedMails, float64(s.FailedMails))
		put(silentServers, float64(s.SilentServers))
		put(differences, float64(s.Differences))
		put(reconciledAgo, since(s.Compared))
		put(signerRefused, float64(s.SignerRefused))
		put(unsignedFor, since(s.OldestUnsigned))
	}
	n, err := w.temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Query: "TemporalReportedProblems is not null and ExecutionStatus = 'Running'"})
	if up("temporal", err) {
		put(blocked, float64(n.GetCount()))
	}
}
