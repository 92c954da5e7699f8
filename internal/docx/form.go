package docx

// form holds what differs between the two families of documents. Sizes are in
// points, margins in millimetres.
type form struct {
	margins                    Margins
	body, table, small         float64
	number                     string // before the number
	dash                       string // between number and symbol
	nation, motto              string
	nationSize, mottoSize      float64
	left, leftShare            float64 // size and share of the left column
	star                       bool
	titleSize                  float64
	subjectDashes              bool // "-----" under the subject instead of a rule
	recipientsSize, nameSize   float64
	recipientsBold, recipItal  bool
	recipientsUnder            bool
	recipientsHead, positionSz float64
	positionBold               bool
}

// partyForm follows Hướng dẫn 36-HD/VPTW of 03/4/2018. Read: the layout of
// letterhead, number and signature. Not verified: the margins (an older
// handbook of a Party committee has 25/25/35/15), the sizes and the dashes
// under the subject.
func partyForm() form {
	return form{
		margins: Margins{Top: 20, Bottom: 20, Left: 30, Right: 15},
		body:    14, table: 12, small: 11,
		number: "Số ", dash: "-",
		nation: "ĐẢNG CỘNG SẢN VIỆT NAM", nationSize: 15,
		left: 14, leftShare: 0.45, star: true,
		titleSize: 16, subjectDashes: true,
		recipientsHead: 14, recipientsSize: 12, recipientsUnder: true,
		positionSz: 14, nameSize: 14,
	}
}

// stateForm follows Nghị định 30/2020/NĐ-CP, annex I: margins within 20-25
// above and below, 30-35 left, 15-20 right; national title 12-13, motto
// 13-14, recipients 11 under a bold italic 12.
func stateForm() form {
	return form{
		margins: Margins{Top: 20, Bottom: 20, Left: 30, Right: 15},
		body:    14, table: 12, small: 11,
		number: "Số: ", dash: "/",
		nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", nationSize: 13,
		motto: "Độc lập - Tự do - Hạnh phúc", mottoSize: 14,
		left: 13, leftShare: 0.39,
		titleSize:      14,
		recipientsHead: 12, recipientsSize: 11, recipientsBold: true, recipItal: true,
		positionSz: 14, positionBold: true, nameSize: 14,
	}
}

func formOf(s Style) form {
	if s == State {
		return stateForm()
	}
	return partyForm()
}
