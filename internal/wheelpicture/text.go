package wheelpicture

// advances are widths of letters in thousandths of their size, in Roboto Medium. A text in another face is fitted to
// the width that follows (textLength), so that labels never collide whatever the reader's fonts are.
var advances = func() map[rune]float64 {
	all := map[rune]float64{}
	for _, w := range []struct {
		width   float64
		letters string
	}{
		{220, ","}, {249, " "}, {250, "j"}, {256, "il"}, {279, ".:;"}, {282, "I"}, {329, "-"}, {333, "t"}, {345, "()"}, {352, "r"}, {354, "f"},
		{487, "y"}, {495, "v"}, {503, "xz"}, {517, "s"}, {522, "k"}, {524, "c"}, {537, "e"}, {542, "aåäL"}, {550, "F"}, {555, "hJ"},
		{556, "nu"}, {563, "bp"}, {565, "dE"}, {567, "g"}, {568, "0123456789q"}, {569, "oö"}, {603, "Z"}, {604, "S"}, {607, "T"},
		{609, "Y"}, {625, "R"}, {630, "K"}, {631, "B"}, {633, "X"}, {640, "P"}, {645, "–"}, {647, "V"}, {652, "U"}, {653, "CD"},
		{666, "AÅÄ"}, {681, "G"}, {690, "OQÖ"}, {710, "N"}, {711, "H"}, {743, "w"}, {871, "m"}, {875, "M"}, {880, "W"},
	} {
		for _, r := range w.letters {
			all[r] = w.width
		}
	}
	return all
}()

// otherLetter is the width of a letter that is not in the table: rather too wide than too narrow.
const otherLetter = 720

func textWidth(s string, size float64) float64 {
	sum := 0.0
	for _, r := range s {
		if w, known := advances[r]; known {
			sum += w
		} else {
			sum += otherLetter
		}
	}
	return sum * size / 1000
}
