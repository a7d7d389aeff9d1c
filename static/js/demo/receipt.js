/** A receipt to try reading on, drawn here: no picture of anybody's has to be kept. */

const ROWS = ["BLUE DOOR COFFEE", "12 Harbor Street", "Portland, OR 97209", "", "", "FLAT WHITE            4.50", "CROISSANT             3.75", "SUBTOTAL              8.25", "TAX                   0.00", "TOTAL                 8.25", "", "VISA ************4417", "THANK YOU"];
const [WIDTH, ROW, MARGIN] = [620, 44, 48];

/** @returns {Promise<File>} */
export async function receiptPicture() {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = ROWS.length * ROW + 2 * MARGIN;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = "#fdfdfa";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#222";
  const today = new Date();
  const rows = ROWS.with(4, `${String(today.getMonth() + 1).padStart(2, "0")}/${String(today.getDate()).padStart(2, "0")}/${today.getFullYear()}  12:42 PM`);
  rows.forEach((row, at) => {
    pen.font = `${at === 0 ? "bold 34px" : "26px"} monospace`;
    pen.fillText(row, MARGIN, MARGIN + (at + 1) * ROW - 12);
  });
  const blob = await new Promise((take) => canvas.toBlob(take, "image/png"));
  return new File([/** @type {Blob} */ (blob)], "lunch.png", { type: "image/png" });
}
