package demo

import (
	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// lesson is a session of an invented course.
type lesson struct {
	on                                  civil.Date
	topic                               string
	attendances, women, commune, people int64
}

// courses are a course that is over, one under way, one to come, one cancelled.
func (w *world) courses(board org.UnitID) []ledger.Draft {
	plan := func(key, unit, topic string, day, opens civil.Date, sessions, persons int64, more map[string]any) ledger.Draft {
		set := map[string]any{"topic": topic, "level": "own", "type": "professional", "theme": "mobilisation", "audience": "mobilisation_staff", "form": "in_person",
			"number": "Kế hoạch số 21-KH/MH", "opens_on": opens.String(), "planned_sessions": sessions, "planned_persons": persons}
		for k, v := range more {
			set[k] = v
		}
		return ledger.Draft{Key: "demo:tap-huan:" + key, Kind: "training_course", Unit: unit, Day: day, Fields: set}
	}
	by := w.ref(board)
	return []ledger.Draft{
		plan("xong", by, "Bồi dưỡng nghiệp vụ công tác dân vận cho cán bộ cấp xã sau sắp xếp", 20260302, 20260420, 3, 118, nil),
		held("xong", by, "Bồi dưỡng nghiệp vụ công tác dân vận cho cán bộ cấp xã sau sắp xếp", 20260422, 118, []lesson{
			{20260420, "Những điểm mới của công tác dân vận trong mô hình chính quyền hai cấp", 116, 47, 96, 12},
			{20260421, "Kỹ năng đối thoại, nắm tình hình nhân dân", 112, 45, 93, 11},
			{20260422, "Xây dựng và nhân rộng mô hình “Dân vận khéo”", 109, 44, 90, 11},
		}),
		plan("dang", by, "Tập huấn thực hiện dân chủ ở cơ sở cho người đứng đầu", 20261001, 20261110, 4, 90, map[string]any{"theme": "democracy"}),
		held("dang", by, "Tập huấn thực hiện dân chủ ở cơ sở cho người đứng đầu", 0, 0, []lesson{
			{20261110, "Luật Thực hiện dân chủ ở cơ sở", 88, 31, 70, 9},
			{20261117, "Quy trình bàn, quyết định, kiểm tra, giám sát của nhân dân", 85, 30, 68, 8},
		}),
		plan("sap", by, "Kỹ năng số cho cán bộ làm công tác dân vận", 20261102, 20261208, 2, 120, map[string]any{"type": "digital_skill", "form": "hybrid"}),
		plan("xa", "02143.BXD", "Bồi dưỡng nghiệp vụ cho tổ trưởng tổ dân vận thôn", 20261012, 20261116, 1, 64, map[string]any{"audience": "village_cadres"}),
		plan("huy", by, "Học tập kinh nghiệm mô hình dân vận ở tỉnh bạn", 20260406, 20260615, 1, 25, map[string]any{"type": "study_tour",
			"cancelled_on": "2026-06-08", "cancel_reason": "Chuyển kinh phí sang lớp kỹ năng số"}),
	}
}

// held is the course that carries its plan; with no day of ending it is under way.
func held(key, unit, topic string, ended civil.Date, persons int64, lessons []lesson) ledger.Draft {
	var rows []any
	var attendances, women, commune, village int64
	for _, l := range lessons {
		rows = append(rows, map[string]any{"session_on": l.on.String(), "session_topic": l.topic, "session_place": "Hội trường trung tâm", "session_speakers": int64(2),
			"session_hours": "3.5", "session_attendances": l.attendances, "session_women": l.women, "session_commune": l.commune, "session_village": l.people})
		attendances, women, commune, village = attendances+l.attendances, women+l.women, commune+l.commune, village+l.people
	}
	set := map[string]any{"topic": topic, "level": "own", "type": "professional", "theme": "mobilisation", "audience": "mobilisation_staff", "form": "in_person", "sessions": rows,
		"attendances": attendances, "women": women, "commune_attendances": commune, "village_attendances": village}
	if ended != 0 {
		set["ended_on"], set["persons"], set["certified"] = ended.String(), persons, persons-6
	}
	return ledger.Draft{Key: "demo:tap-huan:" + key + ":lop", Kind: "training_conference", Unit: unit, Day: lessons[0].on, Carries: "demo:tap-huan:" + key, Fields: set}
}
