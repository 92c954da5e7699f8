package web

import (
	"fmt"
	"slices"
	"strings"

	"danvan/internal/petition"
)

// writeProposal is what an officer proposes to the head of the office.
func writeProposal(s *server, p *casePaper, v *caseView, office string) {
	p.To = chiefOf(office)
	p.Subject = "Về việc xử lý " + v.paperName()
	p.Parts = []paperPart{
		{Title: "1. Thông tin về đơn", Facts: v.paperFacts()},
		v.saysPart("2. Nội dung đơn"),
		v.coursePart("3. Quá trình xử lý và thời hạn"),
		{Title: "4. Đề xuất của cán bộ xử lý", Lines: v.proposes(), Dots: 2},
		{Title: "5. Ý kiến của người có thẩm quyền", Dots: 3},
	}
	p.Recipients = []string{"Như trên", "Lưu: hồ sơ đơn"}
	p.Signature.Authority, p.Signature.Position = nil, "NGƯỜI ĐỀ XUẤT"
}

// writeSubmission asks the head of the office to settle the case.
func writeSubmission(s *server, p *casePaper, v *caseView, office string) {
	p.To = chiefOf(office)
	p.Subject = "Về việc giải quyết " + v.paperName()
	p.Parts = []paperPart{
		{Title: "1. Thông tin về đơn", Facts: v.paperFacts()},
		v.saysPart("2. Nội dung đơn"),
		v.coursePart("3. Quá trình giải quyết"),
		{Title: "4. Kết quả xác minh", Lines: v.verifiedLines(), Dots: 4},
		{Title: "5. Kiến nghị", Lines: []string{"Kính trình " + chiefOf(office) + " xem xét, " + settlingWords(v.Class) + "."}, Dots: 2},
	}
	p.Signature.Authority, p.Signature.Position = nil, "NGƯỜI TRÌNH"
}

// writeTransfer goes to the body that may settle the letter.
func writeTransfer(s *server, p *casePaper, v *caseView, office string) {
	st := v.transferStep()
	p.To = or(st.Body, v.SentTo)
	p.Subject = "Chuyển " + v.paperName()
	numbered(p, st)
	p.Parts = []paperPart{
		{Lines: []string{
			fmt.Sprintf("Ngày %s, %s nhận được %s.", v.Received.Vi(), office, v.paperName()),
			fmt.Sprintf("Sau khi xem xét nội dung đơn, %s thấy đơn thuộc thẩm quyền giải quyết của %s.", office, p.To),
			fmt.Sprintf("Căn cứ %s, %s chuyển đơn đến %s để xem xét, giải quyết theo quy định của pháp luật và thông báo kết quả cho người gửi đơn, cho %s.", or(st.Article, "quy định về xử lý đơn"), office, p.To, office),
			"Đơn cùng một nội dung chỉ chuyển một lần.",
		}},
		v.saysPart("Nội dung đơn"),
		{Title: "Gửi kèm", Lines: []string{or(sayIf(len(v.Papers.Papers) > 0, count(v.sentPapers(), "giấy tờ")+" của người gửi."), "Đơn và giấy tờ của người gửi.")}},
	}
	if v.Content.Secret {
		p.Parts = append(p.Parts, paperPart{Lines: []string{"Danh tính người tố cáo giao riêng theo chế độ mật, không ghi ở phiếu này."}})
	}
}

// writeTransferNotice tells the sender where the letter is now.
func writeTransferNotice(s *server, p *casePaper, v *caseView, office string) {
	st := v.transferStep()
	to := or(st.Body, v.SentTo)
	p.To = "Người gửi đơn có mã hồ sơ " + or(v.Code, "số "+itoa(v.Case.Entry))
	p.Subject = "Về việc chuyển đơn"
	lines := []string{
		fmt.Sprintf("Ngày %s, %s nhận được %s.", v.Received.Vi(), office, v.paperName()),
		fmt.Sprintf("Sau khi xem xét, %s thấy nội dung đơn không thuộc thẩm quyền giải quyết của mình. Căn cứ %s, %s đã chuyển đơn đến %s%s.", office, or(st.Article, "quy định về xử lý đơn"), office, to, sayIf(st.Document != "", fmt.Sprintf(" tại văn bản số %s ngày %s", st.Document, st.DocumentOn.Vi()))),
	}
	if v.Sent != nil && v.Sent.Got != 0 {
		lines = append(lines, fmt.Sprintf("%s đã nhận và vào sổ số %s ngày %s.", to, v.Sent.GotNumber, v.Sent.GotOn.Vi()))
	}
	lines = append(lines, fmt.Sprintf("Đề nghị người gửi đơn liên hệ %s để biết việc giải quyết.", to))
	p.Parts = []paperPart{{Lines: lines}}
}

// numbered gives a paper the number under which the step was recorded.
func numbered(p *casePaper, st *petition.Step) {
	number, symbol, ok := strings.Cut(st.Document, "/")
	if ok && st.DocumentOn != 0 {
		p.Letterhead.Number, p.Letterhead.Symbol = number, symbol
		p.Letterhead.DateText = fmt.Sprintf("ngày %02d tháng %02d năm %d", st.DocumentOn.Day(), st.DocumentOn.Month(), st.DocumentOn.Year())
	}
}

// chiefOf is how the head of an office is addressed.
func chiefOf(office string) string {
	if strings.HasPrefix(office, "Ủy ban nhân dân") {
		return "Chủ tịch " + office
	}
	return "Thủ trưởng " + office
}

func settlingWords(class string) string {
	switch class {
	case "complaint":
		return "ban hành quyết định giải quyết khiếu nại"
	case "denunciation":
		return "ban hành kết luận nội dung tố cáo"
	}
	return "trả lời người gửi đơn"
}

// paperName is the letter in a sentence, without a word about people.
func (v *caseView) paperName() string {
	name := "đơn " + lowerFirst(choiceName(v.Kind, "class", v.Class))
	if v.Code != "" {
		return name + ", mã hồ sơ " + v.Code
	}
	return name + " số " + itoa(v.Case.Entry)
}

// paperFacts are what the register says of the letter. Who sent it is never printed here.
func (v *caseView) paperFacts() []caseFact {
	out := []caseFact{{"Số vào sổ", or(v.Number, "chưa có")}, {"Ngày nhận", v.Received.Vi()}, {"Loại đơn", choiceName(v.Kind, "class", v.Class)}}
	out = append(out, v.facts()...)
	sender := "ghi ở hồ sơ đơn, không in trên văn bản này"
	if v.Content.Secret || v.Class == "denunciation" {
		sender = "giữ bí mật (Điều 56 Luật Tố cáo)"
	}
	return append(out, caseFact{"Người gửi", sender})
}

// saysPart is what the letter says.
func (v *caseView) saysPart(title string) paperPart {
	p := paperPart{Title: title}
	if v.Content.Why != "" {
		p.Lines = []string{v.Content.Why}
		return p
	}
	c := v.Content.Content
	for _, x := range [][2]string{{"Tóm tắt", c.Summary}, {"Yêu cầu", c.Request}, {"Cơ quan, người được nêu", c.Respondent}, {"Nơi xảy ra", c.Place}, {"Thửa đất", strings.Join(c.Parcels, "; ")}, {"Văn bản nêu trong đơn", strings.Join(c.Decisions, "; ")}} {
		if x[1] != "" {
			p.Facts = append(p.Facts, caseFact{x[0], x[1]})
		}
	}
	if len(p.Facts) == 0 {
		p.Dots = 3
	}
	return p
}

// coursePart are the steps of the case with the limits that run.
func (v *caseView) coursePart(title string) paperPart {
	p := paperPart{Title: title, Table: &paperTable{Caption: "Các bước đã làm", Head: []string{"Ngày", "Việc", "Văn bản"}}}
	for _, l := range slices.Backward(v.Lines) {
		paper := l.Document
		if paper != "" && l.DocumentOn != 0 {
			paper += ", " + l.DocumentOn.Vi()
		}
		p.Table.Rows = append(p.Table.Rows, []string{l.On.Vi(), l.Name, paper})
	}
	for _, d := range v.Limits {
		if d.Stopped {
			p.Lines = append(p.Lines, d.Name+": đang tạm dừng ("+d.Article+").")
			continue
		}
		p.Lines = append(p.Lines, fmt.Sprintf("%s: chậm nhất ngày %s (%s).", d.Name, d.Due.Vi(), d.Article))
	}
	return p
}

// proposes is the usual next act in words; the officer writes his own beside it.
func (v *caseView) proposes() []string {
	if v.Earlier != nil {
		return []string{v.Earlier.Say()}
	}
	if v.Next == nil {
		return nil
	}
	line := "Đề nghị: " + lowerFirst(v.Next.Name)
	if v.Next.Article != "" {
		line += " (" + v.Next.Article + sayIf(!v.Next.Verified, "; chưa đối chiếu văn bản") + ")"
	}
	return []string{line + "."}
}

// verifiedLines name the documents of the verification.
func (v *caseView) verifiedLines() []string {
	var out []string
	for _, st := range v.Steps {
		if (st.Act == "verified" || st.Act == "dialogue") && st.Document != "" {
			out = append(out, fmt.Sprintf("%s số %s ngày %s.", choiceName(v.Kind, "act", st.Act), st.Document, st.DocumentOn.Vi()))
		}
	}
	return out
}

// sentPapers is how many papers of the sender stand in the dossier.
func (v *caseView) sentPapers() int {
	n := 0
	for _, x := range v.Papers.Papers {
		if !x.Gone && x.Sort != "working" {
			n++
		}
	}
	return n
}
