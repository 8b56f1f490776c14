package wheelfile

import "strings"

// syntaxTexts says in Swedish what the YAML parser says in English; the first whose part occurs is used.
var syntaxTexts = []struct{ part, text string }{
	{"tab character", "raden är indragen med tabb. Byt tabben mot mellanslag."},
	{"'\t'", "raden är indragen med tabb. Byt tabben mot mellanslag."},
	{"single-quoted", "texten börjar med ' men slutar aldrig. Sätt ett ' efter texten."},
	{"double-quoted", "texten börjar med \" men slutar aldrig. Sätt ett \" efter texten."},
	{"escape", "ett omvänt snedstreck inom citattecken betyder något särskilt. Skriv två, eller ta bort det."},
	{"sequence end token ']'", "listan börjar med [ men slutar aldrig. Sätt ett ] efter den."},
	{"',' or ']'", "en lista som börjar med [ före det här slutar aldrig, eller så saknas ett komma. Sätt dit ett ] eller kommat."},
	{"'}'", "en grupp som börjar med { före det här slutar aldrig, eller så saknas ett komma. Sätt dit ett } eller kommat."},
	{"corresponding to", "här står en parentes som inte börjar någonstans. Ta bort den, eller sätt texten inom citattecken."},
	{"expected sequence element", "här står ett komma för mycket. Ta bort det."},
	{"mapping value is not allowed", "raden har två kolon, eller så är raden efter den fel indragen. Sätt texten inom citattecken, eller rätta indraget."},
	{"block sequence entries", "en lista kan inte börja här. Börja den på en ny rad."},
	{"value is not allowed in this context", "raden passar inte ihop med raderna före. Rätta indraget så att den står rakt under dem."},
	{"non-map value", "här saknas ett kolon. Skriv namn, kolon, mellanslag och sedan värdet."},
	{"unexpected key name", "här saknas ett kolon, eller ett mellanslag efter kolonet. Skriv namn, kolon, mellanslag och sedan värdet."},
	{"could not find expected ':'", "här saknas ett kolon. Skriv namn, kolon, mellanslag och sedan värdet."},
}

func syntaxText(message string) string {
	for _, t := range syntaxTexts {
		if strings.Contains(message, t.part) {
			return t.text
		}
	}
	return "raden går inte att läsa. Kontrollera indrag, kolon, parenteser och citattecken här och på raden före (" + message + ")."
}
