package temporalx

import (
	"go.temporal.io/sdk/log"
	"go.uber.org/zap"
)

// logger writes what Temporal's SDK has to say to the program's own log.
type logger struct{ z *zap.SugaredLogger }

// Logger adapts a zap logger.
func Logger(z *zap.Logger) log.Logger {
	return logger{z.WithOptions(zap.AddCallerSkip(1)).Sugar()}
}

func (l logger) Debug(msg string, keyvals ...any) { l.z.Debugw(msg, keyvals...) }
func (l logger) Info(msg string, keyvals ...any)  { l.z.Infow(msg, keyvals...) }
func (l logger) Warn(msg string, keyvals ...any)  { l.z.Warnw(msg, keyvals...) }
func (l logger) Error(msg string, keyvals ...any) { l.z.Errorw(msg, keyvals...) }

// With gives a logger that adds keyvals to every entry.
func (l logger) With(keyvals ...any) log.Logger { return logger{l.z.With(keyvals...)} }

// WithCallerSkip gives a logger that names a caller further out.
func (l logger) WithCallerSkip(n int) log.Logger {
	return logger{l.z.WithOptions(zap.AddCallerSkip(n))}
}
