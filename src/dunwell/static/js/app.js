/** Starts every behaviour of the staff pages; each lives in a module of its own. */
import { startDialogs } from "./dialogs.js";
import { startForms } from "./forms.js";
import { startKeys } from "./keys.js";
import { startMenus } from "./menus.js";
import { startProgress } from "./progress.js";
import { startSearch } from "./search.js";
import { startTheme } from "./theme.js";
import { startToasts } from "./toasts.js";
import { startTyped } from "./typed.js";
import { startWorklist } from "./worklist.js";

startTheme();
startMenus();
startToasts();
startProgress();
startDialogs();
startForms();
startSearch();
startKeys();
startWorklist();
startTyped();
