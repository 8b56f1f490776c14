package store

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"arshjul/domain"

	"github.com/jackc/pgx/v5"
)

// table maps a comparable struct to the table with a column for each of its fields, in order, named by the tag db. The
// first column says which stream the row belongs to; ",key" marks the rest of the primary key. A domain.Date is a date
// and a domain.Instant a timestamptz; none is null.
type table[R comparable] struct {
	name   string
	list   string // the columns as they are read
	stream string
	upsert string
	remove string
	keys   []int // fields of the primary key
	rows   func(*shown) *[]R
}

var (
	dateType    = reflect.TypeFor[domain.Date]()
	instantType = reflect.TypeFor[domain.Instant]()
)

func newTable[R comparable](name string, rows func(*shown) *[]R) *table[R] {
	t := &table[R]{name: name, keys: []int{0}, rows: rows}
	var columns, arrays, read, write, set, where []string
	row := reflect.TypeFor[R]()
	for i := range row.NumField() {
		column, key, _ := strings.Cut(row.Field(i).Tag.Get("db"), ",")
		in, out := "given."+column, column
		switch row.Field(i).Type {
		case dateType:
			in, out = "nullif("+in+", '')::date", "coalesce("+column+"::text, '')"
		case instantType:
			in = "to_timestamp(nullif(" + in + ", 0) / 1000.0)"
			out = "coalesce((extract(epoch from " + column + ") * 1000)::bigint, 0)"
		}
		array := fmt.Sprintf("$%d::%s[]", i+1, arrayTypes[row.Field(i).Type.Kind()])
		columns, arrays, read, write = append(columns, column), append(arrays, array), append(read, out), append(write, in)
		switch {
		case i == 0:
			t.stream = column
		case key == "key":
			t.keys = append(t.keys, i)
		default:
			set = append(set, column+" = excluded."+column)
		}
	}
	keys := make([]string, len(t.keys))
	for n, i := range t.keys {
		keys[n] = columns[i]
		where = append(where, fmt.Sprintf("%s = $%d", columns[i], n+1))
	}
	t.list = strings.Join(read, ", ")
	t.upsert = fmt.Sprintf("insert into %s (%s) select %s from unnest(%s) given (%[2]s) on conflict (%[5]s) do update set %[6]s", name,
		strings.Join(columns, ", "), strings.Join(write, ", "), strings.Join(arrays, ", "), strings.Join(keys, ", "), strings.Join(set, ", "))
	t.remove = fmt.Sprintf("delete from %s where %s", name, strings.Join(where, " and "))
	return t
}

// String is the table's name.
func (t *table[R]) String() string { return t.name }

// query reads rows; tail is what follows "from <table>".
func (t *table[R]) query(ctx context.Context, db querier, tail string, args ...any) ([]R, error) {
	rows, err := db.Query(ctx, "select "+t.list+" from "+t.name+" "+tail, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[R])
}

// load reads all rows of a stream, in no order.
func (t *table[R]) load(ctx context.Context, db querier, stream string, into *shown) error {
	rows, err := t.query(ctx, db, "where "+t.stream+" = $1", stream)
	*t.rows(into) = rows
	return err
}

// sync queues what turns the old rows of a stream into the new ones, and tells how many rows differ.
func (t *table[R]) sync(batch *pgx.Batch, old, new *shown) (rows int) {
	before, after := differing(*t.rows(old), *t.rows(new))
	had := make(map[R]R, len(before))
	for _, r := range before {
		had[t.key(r)] = r
	}
	var changed []R
	for _, r := range after {
		key := t.key(r)
		if was, ok := had[key]; !ok || was != r {
			changed = append(changed, r)
		}
		delete(had, key)
	}
	for key := range had {
		v := reflect.ValueOf(key)
		args := make([]any, len(t.keys))
		for n, i := range t.keys {
			args[n] = v.Field(i).Interface()
		}
		batch.Queue(t.remove, args...)
	}
	if len(changed) > 0 {
		batch.Queue(t.upsert, columnsOf(changed)...)
	}
	return len(had) + len(changed)
}

// arrayTypes are the database's names for what columnsOf makes of a field's kind.
var arrayTypes = map[reflect.Kind]string{reflect.String: "text", reflect.Bool: "boolean", reflect.Int: "bigint", reflect.Int64: "bigint", reflect.Uint64: "bigint"}

// columnsOf gives an array for each field.
func columnsOf[R any](rows []R) []any {
	columns := make([]any, reflect.TypeFor[R]().NumField())
	for i := range columns {
		switch reflect.TypeFor[R]().Field(i).Type.Kind() {
		case reflect.String:
			columns[i] = column(rows, i, reflect.Value.String)
		case reflect.Bool:
			columns[i] = column(rows, i, reflect.Value.Bool)
		case reflect.Uint64:
			columns[i] = column(rows, i, reflect.Value.Uint)
		default:
			columns[i] = column(rows, i, reflect.Value.Int)
		}
	}
	return columns
}

func column[R, T any](rows []R, field int, value func(reflect.Value) T) []T {
	all := make([]T, len(rows))
	for n := range rows {
		all[n] = value(reflect.ValueOf(&rows[n]).Elem().Field(field))
	}
	return all
}

// differing leaves out the rows that are the same in the same place, which most are.
func differing[R comparable](old, new []R) (before, after []R) {
	both := min(len(old), len(new))
	for i := range both {
		if old[i] != new[i] {
			before, after = append(before, old[i]), append(after, new[i])
		}
	}
	return append(before, old[both:]...), append(after, new[both:]...)
}

// key is the row with everything but its primary key left out.
func (t *table[R]) key(r R) (key R) {
	from, to := reflect.ValueOf(r), reflect.ValueOf(&key).Elem()
	for _, i := range t.keys {
		to.Field(i).Set(from.Field(i))
	}
	return key
}
