package stack

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// leastFree is the free disk space below which a stack is not started.
const leastFree = 1 << 30

// Check looks for what would keep a stack from starting in this machine, without changing or starting anything. Every
// error that a person can mend is a *Problem; several are joined.
func Check(cfg Config) error {
	cfg, err := cfg.resolved()
	if err != nil {
		return err
	}
	_, postgresErr := choosePostgres(postgresDirs(), cfg.path("pg"))
	_, userErr := postgresUser()
	var portErr error
	if cfg.TemporalPort != 0 {
		portErr = CheckPort(cfg.TemporalPort, "--temporal-port")
	}
	return errors.Join(checkDisk(cfg), checkSocketPath(cfg), postgresErr, userErr, checkTemporal(cfg), portErr)
}

// CheckPort says whether the loopback port can be listened on; flag is the command line's flag that moves it.
func CheckPort(port int, flag string) error {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err == nil {
		return l.Close()
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return &Problem{"port_taken", fmt.Sprintf("Port %d på 127.0.0.1 används redan av ett annat program. Stoppa det, eller "+
			"välj en annan port med %s.", port, flag)}
	}
	return fmt.Errorf("port %d på 127.0.0.1 går inte att använda (%s): %w", port, flag, err)
}

func checkDisk(cfg Config) error {
	dir := cfg.Dir
	for {
		var fs syscall.Statfs_t
		err := syscall.Statfs(dir, &fs)
		if (errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENOTDIR)) && dir != filepath.Dir(dir) {
			dir = filepath.Dir(dir)
			continue
		}
		if err != nil {
			return fmt.Errorf("free space of %s: %w", dir, err)
		}
		return enough(dir, fs.Bavail*uint64(fs.Bsize))
	}
}

func enough(dir string, free uint64) error {
	if free >= leastFree {
		return nil
	}
	return &Problem{"disk_full", fmt.Sprintf("För lite plats i %s: %d MB ledigt, %d MB behövs. Frigör plats, eller välj en "+
		"annan katalog med --dir.", dir, free>>20, uint64(leastFree)>>20)}
}

// checkSocketPath refuses a directory whose socket's name the kernel would not take.
func checkSocketPath(cfg Config) error {
	const most = 107
	if n := len(filepath.Join(socketDir(cfg), ".s.PGSQL."+socketPort)); n > most {
		return &Problem{"dir_too_long", fmt.Sprintf("Katalogens namn är %d tecken för långt för en unix-socket: %s. Välj en "+
			"kortare med --dir.", n-most, cfg.Dir)}
	}
	return nil
}

// makeDirs creates the stack's directories.
func makeDirs(cfg Config, as *syscall.Credential) error {
	_, err := os.Stat(cfg.Dir)
	fresh := os.IsNotExist(err)
	if err := os.MkdirAll(cfg.Dir, 0o755); err != nil {
		return notWritable(cfg, err)
	}
	if fresh {
		if err := os.Chmod(cfg.Dir, 0o755); err != nil { // whatever the umask says, Postgres' user must pass
			return notWritable(cfg, err)
		}
	}
	for _, d := range []string{"logs", "temporal"} {
		if err := os.Mkdir(cfg.path(d), 0o700); err != nil && !os.IsExist(err) {
			return notWritable(cfg, err)
		}
	}
	if err := privateDir(socketDir(cfg), as); err != nil {
		return notWritable(cfg, err)
	}
	at, err := barrier(cfg.Dir, as)
	if err != nil {
		return fmt.Errorf("the way to %s: %w", cfg.Dir, err)
	}
	if at != "" {
		return &Problem{"dir_unreachable", fmt.Sprintf("Användaren postgres, som databasen körs som, kommer inte in i %s. Välj "+
			"en annan katalog med --dir, till exempel under /var/lib, eller öppna den: chmod o+x %s", at, at)}
	}
	return nil
}

func notWritable(cfg Config, err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return &Problem{"disk_full", fmt.Sprintf("Disken är full: %v. Frigör plats, eller välj en annan katalog med --dir.", err)}
	}
	return &Problem{"dir_not_writable", fmt.Sprintf("Det går inte att skriva i %s: %v. Välj en annan katalog med --dir, eller "+
		"ge dig själv skrivrätt i den.", cfg.Dir, err)}
}

// checkTemporal looks for all that make build-temporal leaves, which it moves into place whole.
func checkTemporal(cfg Config) error {
	missing := func(what string) error {
		return &Problem{"temporal_missing", fmt.Sprintf("Temporal-servern är inte byggd: %s. Kör \"make build-temporal\" (första "+
			"gången 5–10 minuter; ett avbrutet bygge fortsätter där det slutade).", what)}
	}
	for _, name := range []string{"temporal-server", "temporal-sql-tool"} {
		file := filepath.Join(cfg.BinDir, name)
		info, err := os.Stat(file)
		if err != nil {
			return missing(file + " finns inte")
		}
		if !info.Mode().IsRegular() || info.Mode().Perm()&0o100 == 0 || info.Size() == 0 {
			return missing(file + " är inget körbart program")
		}
	}
	for _, db := range temporalDatabases {
		versioned := filepath.Join(cfg.BinDir, "temporal-schema", db.schema, "versioned")
		if _, err := os.Stat(versioned); err != nil {
			return missing(versioned + " finns inte")
		}
	}
	return nil
}
