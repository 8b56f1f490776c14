package stack

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// oldestPostgres is the oldest major version that a new cluster is made with.
const oldestPostgres = 15

func postgresMissing(what string) error {
	return &Problem{"postgres_missing", fmt.Sprintf("Postgres %d eller nyare saknas: %s. Installera det med \"apt-get install "+
		"postgresql\" eller \"make deps\".", oldestPostgres, what)}
}

// postgresDirs returns the directories in this machine that may hold Postgres' programs: Debian's, and the PATH's.
func postgresDirs() []string {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		panic(err) // only a malformed pattern
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(p))
		}
	}
	return dirs
}

// choosePostgres returns the directory with the newest usable Postgres, or for an existing cluster the one with the
// version that made it, which is the only one that can open it.
func choosePostgres(dirs []string, data string) (string, error) {
	made, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil && !os.IsNotExist(err) {
		return "", fmt.Errorf("version of the cluster: %w", err)
	}
	want, _ := strconv.Atoi(strings.TrimSpace(string(made))) // 0 when there is no cluster yet
	best, bestVersion := "", 0
	for _, dir := range dirs {
		v := postgresVersion(dir)
		if v > bestVersion && (v == want || want == 0 && v >= oldestPostgres) {
			best, bestVersion = dir, v
		}
	}
	switch {
	case best != "":
		return best, nil
	case want != 0:
		return "", &Problem{"postgres_version", fmt.Sprintf("Databasen i %s är gjord med Postgres %d, som inte finns i datorn. "+
			"Installera den (apt-get install postgresql-%d), eller uppgradera databasen med pg_upgrade.", data, want, want)}
	default:
		return "", postgresMissing("varken /usr/lib/postgresql eller PATH har programmet postgres")
	}
}

// postgresVersion is the major version of the Postgres in dir, 0 if there is none that runs.
func postgresVersion(dir string) int {
	for _, name := range []string{"postgres", "initdb"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return 0
		}
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output() // postgres (PostgreSQL) 15.14 (Debian …)
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(out))
	if len(fields) < 3 {
		return 0
	}
	major, _, _ := strings.Cut(fields[2], ".")
	v, err := strconv.Atoi(major)
	if err != nil {
		return 0 // "18beta1" and the like
	}
	return v
}
