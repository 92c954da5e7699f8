package filing

// StateName is a state as pages print it.
func StateName(s State) string {
	return map[State]string{Open: "Đang soạn", Filed: "Đã nộp", Returned: "Bị trả lại", Accepted: "Đã được nhận",
		Issued: "Đã ban hành", Nil: "Không phát sinh", Withdrawn: "Đã thu hồi"}[s]
}

// ActName is an act as the history prints it.
func ActName(a Act) string {
	return map[Act]string{ActOpen: "Mở kỳ báo cáo", ActFile: "Nộp báo cáo", ActNil: "Báo cáo không phát sinh", ActTakeBack: "Rút lại để soạn tiếp",
		ActReturn: "Trả lại để bổ sung", ActAccept: "Nhận báo cáo", ActIssue: "Ban hành", ActAmend: "Sửa đổi, thay thế", ActWithdraw: "Thu hồi",
		ActPublish: "Công khai", ActUnpublish: "Thôi công khai"}[a]
}
