/* Draws the map of the planning board from the data of the page. The list beside it says the same without JavaScript. */
(function () {
  "use strict";
  const box = document.getElementById("plan-map");
  const source = document.getElementById("plan-map-data");
  if (!box || !source || !window.L) return;
  const data = JSON.parse(source.textContent);
  const places = data.points.concat(data.nurses).map((one) => one.at);
  if (!places.length) return;
  box.hidden = false;
  // Marks may lie on top of each other: for keys and screen readers there is the list, so the marks themselves are left out.
  const map = L.map(box, { scrollWheelZoom: false, attributionControl: Boolean(data.tiles), fadeAnimation: false });
  map.fitBounds(L.latLngBounds(places), { padding: [36, 36], maxZoom: 13, animate: false });
  if (data.tiles) L.tileLayer(data.tiles, { maxZoom: 18 }).addTo(map);
  map.getPane("markerPane").setAttribute("aria-hidden", "true");
  data.paths.forEach((path) => L.polyline(path, { className: "plan-path", weight: 2, dashArray: "4 5", interactive: false }).addTo(map));
  data.nurses.forEach((nurse) => mark(nurse.at, nurse.label.charAt(0), "plan-mark plan-mark--home", nurse.label, null));
  data.points.forEach((point) =>
    mark(point.at, point.mark, point.isOpen ? "plan-mark plan-mark--open" : "plan-mark", point.label + ", " + point.nurse, point.url)
  );

  function mark(at, letter, css, label, url) {
    const face = document.createElement("span");
    face.textContent = letter;
    const icon = L.divIcon({ html: face, className: css, iconSize: [26, 26] });
    const marker = L.marker(at, { icon: icon, keyboard: false, alt: "", title: label, riseOnHover: true }).addTo(map);
    const words = document.createElement(url ? "a" : "span");
    words.textContent = label;
    if (url) words.href = url;
    marker.bindPopup(words);
  }
})();
