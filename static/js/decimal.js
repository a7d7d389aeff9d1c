/** What a person types as an amount, as the wire has it; null where it is none. @param {string} typed */
export function decimal(typed) {
  const plain = typed.trim().replace(/^[−–]/, "-").replace(/[\s$€£]/g, "");
  const point = /,\d{1,2}$/.test(plain) ? plain.replaceAll(".", "").replace(",", ".") : plain.replaceAll(",", "");
  return point === "" || /^-?\d+(\.\d+)?$/.test(point) ? point : null;
}
