package follow

import (
	"danvan/internal/petition"
)

// Text is a sentence in both languages of the public pages.
type Text struct{ Vi, En string }

// told is what a stage is called and what it means, in words that need no lawyer.
type told struct {
	Name, Means Text
	Tone        string // done, wait, stop: what colour and sign the page gives it
}

var stages = map[petition.Stage]told{
	petition.Received:    {Text{"Đã nhận", "Received"}, Text{"Cơ quan đã nhận đơn, đang xem đơn thuộc việc gì và ai phải giải quyết.", "The office has your letter and is finding out what it is about and who has to settle it."}, "wait"},
	petition.Classified:  {Text{"Đã xem xét bước đầu", "Looked at"}, Text{"Cơ quan đã xem đơn thuộc việc gì; bước tiếp theo là nhận giải quyết, chuyển hoặc hướng dẫn.", "The office knows what it is about; next it takes it up, passes it on or advises you."}, "wait"},
	petition.Split:       {Text{"Đã tách nội dung", "Divided"}, Text{"Đơn có nhiều nội dung. Mỗi nội dung được giải quyết riêng, có thời hạn riêng.", "Your letter has several subjects. Each is settled by itself, with its own time limit."}, "wait"},
	petition.Accepted:    {Text{"Đang giải quyết", "Being settled"}, Text{"Cơ quan đã nhận giải quyết (thụ lý).", "The office has taken the matter up."}, "wait"},
	petition.Verifying:   {Text{"Đang xác minh", "Being verified"}, Text{"Cơ quan đang kiểm tra, xác minh điều đã nêu trong đơn.", "The office is verifying what the letter says."}, "wait"},
	petition.Verified:    {Text{"Đã xác minh xong", "Verified"}, Text{"Việc xác minh đã xong; cơ quan đang chuẩn bị trả lời.", "The verification is done; the office is preparing its answer."}, "wait"},
	petition.Settled:     {Text{"Đã có kết quả", "Settled"}, Text{"Cơ quan đã giải quyết và có văn bản trả lời.", "The office has settled the matter and answered in writing."}, "done"},
	petition.Enforced:    {Text{"Đã thực hiện xong", "Carried out"}, Text{"Kết quả giải quyết đã được thực hiện xong.", "What was decided has been carried out."}, "done"},
	petition.Transferred: {Text{"Đã chuyển cơ quan khác", "Passed on"}, Text{"Đơn không thuộc thẩm quyền của cơ quan đã nhận nên đã được chuyển đến cơ quan có trách nhiệm.", "The office that received it is not in charge; it was passed to the one that is."}, "wait"},
	petition.Guided:      {Text{"Đã hướng dẫn", "Advised"}, Text{"Cơ quan đã hướng dẫn gửi đơn đến nơi có thẩm quyền.", "The office told you which body to turn to."}, "done"},
	petition.Returned:    {Text{"Đã trả lại đơn", "Sent back"}, Text{"Đơn và giấy tờ đã được trả lại kèm lý do.", "The letter and its papers were sent back with a reason."}, "done"},
	petition.Refused:     {Text{"Không nhận giải quyết", "Not taken up"}, Text{"Cơ quan đã thông báo không nhận giải quyết (không thụ lý), kèm lý do.", "The office told you, with its reason, that it does not take the matter up."}, "stop"},
	petition.Filed:       {Text{"Đã lưu đơn", "Filed"}, Text{"Đơn không đủ điều kiện để giải quyết nên được lưu.", "The letter cannot be settled as it is, and was filed."}, "stop"},
	petition.Withdrawn:   {Text{"Đã rút đơn", "Withdrawn"}, Text{"Đơn đã được rút theo đề nghị của người gửi.", "The letter was withdrawn at its sender's request."}, "stop"},
	petition.Terminated:  {Text{"Đã đình chỉ", "Ended"}, Text{"Việc giải quyết đã kết thúc bằng quyết định đình chỉ.", "The settlement was ended by a decision."}, "stop"},
}

// Of a letter in which somebody is denounced only these three are told.
var (
	quietGot  = told{Text{"Đã nhận", "Received"}, Text{"Thông tin đã đến người có trách nhiệm.", "It has reached those in charge."}, "wait"}
	quietOpen = told{Text{"Đang xem xét", "Being looked at"}, Text{"Người có trách nhiệm đang xem xét.", "Those in charge are looking at it."}, "wait"}
	quietDone = told{Text{"Đã xử lý xong", "Closed"}, Text{"Việc đã được xử lý xong theo quy định.", "It has been dealt with."}, "done"}
)

// tell says where a case stands.
func tell(s petition.State, secret bool) told {
	switch {
	case secret && s.Stage == petition.Received:
		return quietGot
	case secret && (s.Open() || s.Stage == petition.Transferred):
		return quietOpen
	case secret:
		return quietDone
	case s.Suspended:
		return told{Text{"Tạm dừng", "On hold"}, Text{"Việc giải quyết tạm dừng theo quyết định; thời hạn tính tiếp khi làm trở lại.", "The settlement rests by a decision; time goes on when it is taken up again."}, "wait"}
	case s.Withdrawn && s.Open():
		return told{Text{"Đã nhận đề nghị rút", "Withdrawal received"}, Text{"Cơ quan đã nhận đề nghị rút đơn và sẽ ra quyết định kết thúc.", "The office has your withdrawal and will end the matter by a decision."}, "wait"}
	}
	return stages[s.Stage]
}

// steps are what people read of each act; acts that are the office's own affair (urging, classifying anew) are not told.
var steps = map[string]Text{
	"received": {"Nhận đơn", "Letter received"}, "classified": {"Xem xét bước đầu", "First look"}, "split": {"Tách từng nội dung", "Divided by subject"},
	"accepted": {"Nhận giải quyết (thụ lý)", "Taken up"}, "refused": {"Không nhận giải quyết", "Not taken up"}, "transferred": {"Chuyển cơ quan có trách nhiệm", "Passed on to the body in charge"},
	"guided": {"Hướng dẫn", "Advice given"}, "returned": {"Trả lại đơn", "Letter sent back"}, "filed": {"Lưu đơn", "Filed"}, "receipt": {"Cơ quan nhận chuyển đã xác nhận", "Confirmed by the body in charge"},
	"notified": {"Thông báo nhận giải quyết", "Notice that it was taken up"}, "assigned": {"Bắt đầu xác minh", "Verification begins"}, "verified": {"Xác minh xong", "Verification done"},
	"dialogue": {"Gặp gỡ, đối thoại", "Meeting held"}, "extended": {"Gia hạn", "Time extended"}, "suspended": {"Tạm dừng", "Put on hold"}, "resumed": {"Làm tiếp", "Taken up again"},
	"withdrawn": {"Rút đơn", "Withdrawn"}, "reopened": {"Mở lại", "Opened again"}, "terminated": {"Đình chỉ", "Ended"}, "concluded": {"Có kết quả", "Settled"},
	"decided": {"Quyết định giải quyết", "Decision"}, "answered": {"Trả lời", "Answered"}, "sent": {"Gửi kết quả", "Result sent"}, "published": {"Công khai kết quả", "Result made public"},
	"enforcing": {"Đang thực hiện", "Being carried out"}, "enforced": {"Thực hiện xong", "Carried out"},
}

// documented are the acts whose document the sender has received or will: its number is told.
var documented = map[string]bool{"accepted": true, "refused": true, "transferred": true, "returned": true, "notified": true, "extended": true, "suspended": true, "resumed": true, "terminated": true, "decided": true, "answered": true}
