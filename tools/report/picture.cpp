// SPDX-License-Identifier: Apache-2.0
#include "tools/report/picture.h"

#include "tools/report/escape.h"
#include "tools/report/sources.h"

namespace baton::tools {

namespace {

constexpr int kWidth = 860;
constexpr int kHeight = 306;
constexpr int kLane[2] = {215, 645};    // x of the earlier access's goroutine and of the other's
constexpr int kStart[2] = {62, 62};     // y where a goroutine begins
constexpr int kAccess[2] = {128, 222};  // y of the middle of an access
constexpr int kBox = 340, kBoxHeight = 50;
constexpr size_t kMostCharacters = 40;

std::string number(int value) { return std::to_string(value); }

// Shortened at the front: the end of a path and of a qualified name says more.
std::string fitted(const std::string& text) {
  if (text.size() <= kMostCharacters) return text;
  size_t from = text.size() - kMostCharacters + 1;
  while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xc0) == 0x80) from++;
  return "…" + text.substr(from);
}

std::string label(int x, int y, const char* style, const std::string& text) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"middle\" style=\"" + style + "\">" +
         xml_escaped(text) + "</text>";
}

std::string line(int x1, int y1, int x2, int y2, const char* style) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2) +
         "\" style=\"" + style + "\"/>";
}

std::string place_text(const Frame* frame) {
  if (frame == nullptr || frame->file.empty()) return "unknown file";
  return relative_name(frame->file) + ":" + std::to_string(frame->line);
}

constexpr char kTitle[] = "fill:var(--text);font-weight:600;font-size:15px";
// With a rim of the background's colour: they may stand on a lane.
constexpr char kNote[] = "fill:var(--dim);font-size:12.5px;paint-order:stroke;stroke:var(--rim);stroke-width:7px";
constexpr char kBad[] =
    "fill:var(--bad);font-weight:600;font-size:13.5px;paint-order:stroke;stroke:var(--rim);stroke-width:7px";
constexpr char kLaneStyle[] = "stroke:var(--lane);stroke-width:2.5";
constexpr char kEdgeStyle[] = "stroke:var(--lane);stroke-width:1.6;marker-end:url(#baton-edge)";

std::string lane(const Race& race, int side, bool other_is_main) {
  const Access& access = race.accesses[1 - side];
  const int x = kLane[side];
  const bool main = access.goroutine == 1;
  std::string title = actor(access.goroutine);
  title[0] = static_cast<char>(title[0] - 'a' + 'A');
  std::string svg = label(x, 24, kTitle, title);
  const Goroutine* goroutine = goroutine_of(race, access.goroutine);
  if (!main && goroutine != nullptr && !goroutine->created.empty()) {
    svg += label(x, 43, kNote, fitted("created at " + place_text(user_frame(goroutine->created.front()))));
  }
  // The start of a goroutine is ordered after what its creator did before.
  if (!main && other_is_main) {
    svg +=
        line(kLane[1 - side] + (side == 1 ? 8 : -8), kStart[side], x + (side == 1 ? -9 : 9), kStart[side], kEdgeStyle);
    svg += label(kWidth / 2, kStart[side] - 8, kNote, (access.goroutine & kThreadBit) != 0 ? "std::thread" : "go");
  }
  svg += "<circle cx=\"" + number(x) + "\" cy=\"" + number(kStart[side]) + "\" r=\"5\" style=\"fill:var(--lane)\"/>";
  return svg + line(x, kStart[side], x, kHeight - 12, kLaneStyle);
}

std::string access_box(const Race& race, int side) {
  const Access& access = race.accesses[1 - side];
  const int x = kLane[side];
  const int y = kAccess[side];
  const Frame* frame = user_frame(access.stack);
  std::string svg = "<g style=\"--rim:transparent\"><title>" + xml_escaped(frame->function) + "</title><rect x=\"" +
                    number(x - kBox / 2) + "\" y=\"" + number(y - kBoxHeight / 2) + "\" width=\"" + number(kBox) +
                    "\" height=\"" + number(kBoxHeight) +
                    "\" rx=\"7\" style=\"fill:var(--bad-bg);stroke:var(--bad);stroke-width:1.5\"/>";
  svg += label(x, y - 4, kTitle, fitted(access.kind + " in " + short_name(frame->function)));
  return svg + label(x, y + 15, kNote, fitted(place_text(frame))) + "</g>";
}

}  // namespace

std::string race_picture(const Race& race) {
  const bool main[2] = {race.accesses[1].goroutine == 1, race.accesses[0].goroutine == 1};
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(kWidth) + " " +
                    number(kHeight) + "\" role=\"img\" aria-label=\"" +
                    xml_escaped("The two goroutines of the race; no edge orders " + race.accesses[1].kind + " and " +
                                race.accesses[0].kind) +
                    "\">";
  svg +=
      "<defs><marker id=\"baton-edge\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
      "orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" style=\"fill:var(--lane)\"/></marker>"
      "<marker id=\"baton-missing\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"9\" markerHeight=\"9\" "
      "orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" style=\"fill:var(--bad)\"/></marker></defs>";
  svg += lane(race, 0, main[1]) + lane(race, 1, main[0]);
  svg += line(kLane[0] + kBox / 2 - 40, kAccess[0] + kBoxHeight / 2, kLane[1] - kBox / 2 + 40,
              kAccess[1] - kBoxHeight / 2 - 2,
              "stroke:var(--bad);stroke-width:2;stroke-dasharray:7 5;marker-end:url(#baton-missing)");
  svg += access_box(race, 0) + access_box(race, 1);
  svg += label(kLane[0], kAccess[1] - 2, kBad, "missing: an edge from here to there") +
         label(kLane[0], kAccess[1] + 16, kNote, "no lock, channel, WaitGroup or atomic orders the two");
  return svg + "</svg>";
}

}  // namespace baton::tools
